using Veer.Formats;
using static TorchSharp.torch;

namespace Veer.Studies.Reporting;

/// <summary>An .npz of a run's folder, in memory. Whatever is not as docs/formats.md says is refused by file and field.</summary>
internal sealed class ArrayFile
{
    /// <summary>Vectors are [N, D], images [N, H, W, C].</summary>
    public const int VectorRank = 2, ImageRank = 4;

    /// <summary>Of an image, in pixels: what the library reads and writes.</summary>
    private const int LongestSide = 8192;

    private readonly string path;
    private readonly Dictionary<string, NumericArray> arrays;
    private readonly HashSet<string> bytes;

    /// <exception cref="InputException">The file is no .npz.</exception>
    public ArrayFile(string path)
    {
        this.path = path;
        using var scope = NewDisposeScope();
        var tensors = Npz.Read(path);
        bytes = [.. tensors.Where(entry => entry.Value.dtype == ScalarType.Byte).Select(entry => entry.Key)];
        // an array without elements may promise any number of rows
        foreach (var (key, tensor) in tensors)
            if (tensor.shape.Any(side => side > int.MaxValue)) throw Fault(key, $"[{string.Join(", ", tensor.shape)}]", "sides that fit 31 bits");
        arrays = tensors.ToDictionary(entry => entry.Key, entry => new NumericArray(
            entry.Value.numel() == 0 ? [] : entry.Value.to(ScalarType.Float32).data<float>().ToArray(), [.. entry.Value.shape.Select(side => (int)side)]));
    }

    public IEnumerable<string> Keys => arrays.Keys;

    public bool Has(string key) => arrays.ContainsKey(key);

    /// <summary>The array of that name and rank.</summary>
    /// <exception cref="InputException">It is missing or has another rank.</exception>
    public NumericArray Array(string key, int rank)
    {
        if (!arrays.TryGetValue(key, out var array)) throw Fault(key, "nothing", $"an array of {rank} dimensions");
        return array.Shape.Length == rank ? array : throw Fault(key, Shape(array), $"{rank} dimensions");
    }

    /// <summary>The array of that name and shape; a negative side may be of any length.</summary>
    /// <exception cref="InputException">It is missing or has another shape.</exception>
    public NumericArray Shaped(string key, params int[] shape)
    {
        var array = Array(key, shape.Length);
        bool fits = shape.Zip(array.Shape).All(side => side.First < 0 || side.First == side.Second);
        return fits ? array : throw Fault(key, Shape(array), $"[{string.Join(", ", shape.Select(side => side < 0 ? "any" : $"{side}"))}]");
    }

    /// <summary>The array of that name and rank, of which no side is empty.</summary>
    /// <exception cref="InputException">It is missing, has another rank or no elements.</exception>
    public NumericArray Filled(string key, int rank)
    {
        var array = Array(key, rank);
        return array.Values.Length > 0 ? array : throw Fault(key, Shape(array), "at least one element");
    }

    /// <summary>Points: vectors [N, D], or images [N, H, W, C] of bytes with one channel or three.</summary>
    /// <exception cref="InputException">They are missing or neither.</exception>
    public NumericArray Points(string key)
    {
        const string images = "bytes (uint8) [N, H, W, C] with C = 1 or 3";
        if (!arrays.TryGetValue(key, out var array)) throw Fault(key, "nothing", $"[N, D] or {images}");
        if (array.Shape.Length == VectorRank) return Filled(key, VectorRank);
        if (array.Shape.Length != ImageRank) throw Fault(key, Shape(array), $"[N, D] or {images}");
        string type = bytes.Contains(key) ? "" : "no bytes, ";
        return type.Length == 0 && array.Shape is [> 0, > 0 and <= LongestSide, > 0 and <= LongestSide, 1 or 3] ? array : throw Fault(key, type + Shape(array), images);
    }

    /// <summary>Integers, one for each of so many rows.</summary>
    /// <exception cref="InputException">They are missing, or more or fewer.</exception>
    public int[] Integers(string key, int count)
    {
        int[] integers = Array(key, 1).ToLabels();
        return integers.Length == count ? integers : throw Fault(key, $"{integers.Length} {key}", $"{count}, one per row");
    }

    public InputException Fault(string field, string found, string expected) => new(path, field, found, expected);

    private static string Shape(NumericArray array) => $"shape [{string.Join(", ", array.Shape)}]";
}
