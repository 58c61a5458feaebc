using Veer.Formats;

namespace Veer.Studies.Runs;

/// <summary>An array of a run's folder, in memory, row after row. Labels (int64) are small enough to be exact as floats.</summary>
internal sealed record NumericArray(float[] Values, int[] Shape)
{
    public int Rows => Shape.Length == 0 ? 1 : Shape[0];

    /// <summary>Numbers in one row: the product of all sides but the first.</summary>
    public int Width => Rows == 0 ? 0 : Values.Length / Rows;

    public float this[int row, int column] => Values[row * Width + column];

    public ReadOnlySpan<float> Row(int row) => Values.AsSpan(row * Width, Width);

    public int[] ToLabels() => Array.ConvertAll(Values, value => (int)value);
}

/// <summary>An .npz of a run's folder, in memory. Whatever is not as docs/formats.md says is refused by file and field.</summary>
internal sealed class ArrayFile
{
    /// <summary>Vectors are [N, D], images [N, H, W, C].</summary>
    public const int VectorRank = 2, ImageRank = 4;

    /// <summary>Of an image, in pixels: what the library reads and writes.</summary>
    private const int LongestSide = 8192;

    private const string Images = "bytes (uint8) [N, H, W, C] with C = 1 or 3";

    private readonly string path;
    private readonly Dictionary<string, NumericArray> arrays;
    private readonly HashSet<string> bytes;

    /// <exception cref="InputException">The file is no .npz.</exception>
    public ArrayFile(string path, CancellationToken cancellation = default)
    {
        this.path = path;
        using var scope = NewDisposeScope();
        var tensors = Npz.Read(path, cancellation);
        bytes = [.. tensors.Where(entry => entry.Value.dtype == ScalarType.Byte).Select(entry => entry.Key)];
        // an array without elements may promise any number of rows
        foreach (var (key, tensor) in tensors)
            if (tensor.shape.Any(side => side > int.MaxValue)) throw Fault(key, $"[{string.Join(", ", tensor.shape)}]", "sides that fit 31 bits");
        arrays = tensors.ToDictionary(entry => entry.Key, entry => new NumericArray(
            entry.Value.numel() == 0 ? [] : entry.Value.to(ScalarType.Float32).data<float>().ToArray(), [.. entry.Value.shape.Select(side => (int)side)]));
    }

    public IEnumerable<string> Keys => arrays.Keys;

    public bool Has(string key) => arrays.ContainsKey(key);

    /// <summary>The array of that name and shape; a negative side may be of any length.</summary>
    /// <exception cref="InputException">It is missing or has another shape.</exception>
    public NumericArray Array(string key, params int[] shape)
    {
        string expected = $"[{string.Join(", ", shape.Select(side => side < 0 ? "any" : $"{side}"))}]";
        if (!arrays.TryGetValue(key, out var array)) throw Fault(key, "nothing", $"an array {expected}");
        bool fits = shape.Length == array.Shape.Length && shape.Zip(array.Shape).All(side => side.First < 0 || side.First == side.Second);
        return fits ? array : throw Fault(key, Shape(array), expected);
    }

    /// <summary>The same, with at least one element.</summary>
    /// <exception cref="InputException">It is missing, has another shape or no elements.</exception>
    public NumericArray Filled(string key, params int[] shape) =>
        Array(key, shape) is { Values.Length: > 0 } array ? array : throw Fault(key, Shape(arrays[key]), "at least one element");

    /// <summary>Points: vectors [N, D], or images [N, H, W, C] of bytes with one channel or three.</summary>
    /// <exception cref="InputException">They are missing or neither.</exception>
    public NumericArray Points(string key)
    {
        if (arrays.GetValueOrDefault(key)?.Shape.Length is not ImageRank)
            return arrays.GetValueOrDefault(key)?.Shape.Length is VectorRank ? Filled(key, -1, -1) : throw Fault(key, Has(key) ? Shape(arrays[key]) : "nothing", $"[N, D] or {Images}");
        var array = arrays[key];
        if (!bytes.Contains(key)) throw Fault(key, "no bytes, " + Shape(array), Images);
        return array.Shape is [> 0, > 0 and <= LongestSide, > 0 and <= LongestSide, 1 or 3] ? array : throw Fault(key, Shape(array), Images);
    }

    /// <summary>Integers, one for each of so many rows.</summary>
    /// <exception cref="InputException">They are missing, or more or fewer.</exception>
    public int[] Integers(string key, int count)
    {
        int[] integers = Array(key, -1).ToLabels();
        return integers.Length == count ? integers : throw Fault(key, $"{integers.Length} {key}", $"{count}, one per row");
    }

    public InputException Fault(string field, string found, string expected) => new(path, field, found, expected);

    private static string Shape(NumericArray array) => $"shape [{string.Join(", ", array.Shape)}]";
}
