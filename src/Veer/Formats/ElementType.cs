namespace Veer.Formats;

/// <summary>Element types as NumPy calls them.</summary>
internal static class ElementType
{
    /// <summary>As in "float32", "uint8" or "bool".</summary>
    public static string NameOf(ScalarType type) => type == ScalarType.Byte ? "uint8" : type.ToString().ToLowerInvariant();

    /// <summary>As in "[2, 3] float64": a tensor's shape and type.</summary>
    public static string Describe(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}] {NameOf(tensor.dtype)}";
}
