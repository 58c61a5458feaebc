using CsCheck;
using static TorchSharp.torch;

namespace Veer.Tests.Formats;

/// <summary>Tensors of any shape and content (every bit pattern) for round trips.</summary>
internal static class AnyTensor
{
    public static Gen<Tensor> Of(params ScalarType[] types) =>
        from type in Gen.Int[0, types.Length - 1].Select(i => types[i])
        from shape in Gen.Long[0, 4].Array[0, 4]
        from bytes in Gen.Byte.Array[4 * 4 * 4 * 4 * 8]
        select Make(type, shape, bytes);

    public static Gen<Dictionary<string, Tensor>> Named(params ScalarType[] types) =>
        Gen.Dictionary(Gen.String[Gen.Char["abcé/._ \"\\"], 1, 8], Of(types))[0, 5];

    /// <summary>Equal type, shape and bits (NaN equals NaN).</summary>
    public static bool Same(Tensor a, Tensor b) =>
        a.dtype == b.dtype && a.shape.SequenceEqual(b.shape) && (a.numel() == 0 || a.bytes.SequenceEqual(b.bytes));

    public static bool Same(IReadOnlyDictionary<string, Tensor> a, IReadOnlyDictionary<string, Tensor> b) =>
        a.Count == b.Count && a.All(pair => b.TryGetValue(pair.Key, out var other) && Same(pair.Value, other));

    private static Tensor Make(ScalarType type, long[] shape, byte[] bytes)
    {
        var tensor = empty(shape, type);
        if (tensor.numel() == 0) return tensor;
        if (type == ScalarType.Bool) bytes = [.. bytes.Select(value => (byte)(value % 2))];
        tensor.bytes = bytes.AsSpan(0, (int)(tensor.numel() * tensor.element_size()));
        return tensor;
    }
}
