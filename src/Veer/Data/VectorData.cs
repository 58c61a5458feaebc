using Veer.Formats;

namespace Veer.Data;

/// <summary>Vectors with labels from an .npz: arrays points and labels, or arr_0 and arr_1.</summary>
public static class VectorData
{
    private static readonly ScalarType[] Reals = [ScalarType.Float32, ScalarType.Float64, ScalarType.Float16];
    private static readonly ScalarType[] Integers =
        [ScalarType.Int64, ScalarType.Int32, ScalarType.Int16, ScalarType.Int8, ScalarType.Byte];

    /// <summary>Reads and checks a data set.</summary>
    /// <param name="path">
    /// The .npz: points [N, D], floating (float32 afterwards, if that tells them apart as well); labels [N], integer (int64 afterwards).
    /// </param>
    /// <param name="classes">Number of classes; by default the largest label plus one.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="InputException">
    /// An array is missing, empty, of another rank, type or length; a point is not finite, or not to be told from others in float32; a label is
    /// negative or too large.
    /// </exception>
    public static LabeledData Load(string path, int? classes = null, CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        using var file = NpzFile.Open(path, cancellation);
        string pointsName = Name(file, "points", "arr_0"), labelsName = Name(file, "labels", "arr_1");
        var points = ReadPoints(file, pointsName);
        var labels = ReadLabels(file, labelsName);
        if (labels.shape[0] != points.shape[0])
            throw new InputException(path, labelsName, $"{labels.shape[0]} labels", $"{points.shape[0]}, one for each row of {pointsName}");
        int limit = classes ?? (int)Math.Clamp(labels.max().item<long>(), 0, ClassLabel.Largest) + 1;
        using var wrong = labels.lt(0).logical_or_(labels.ge(limit));
        if (wrong.any().item<bool>())
        {
            long row = First(wrong);
            throw new InputException(path, labelsName, $"label {labels[row].item<long>()} at row {row}", $"0 to {limit - 1}");
        }
        return new LabeledData(points.MoveToOuterDisposeScope(), labels.MoveToOuterDisposeScope(), limit);
    }

    private static string Name(NpzFile file, string name, string position)
    {
        if (file.Contains(name)) return name;
        if (file.Contains(position)) return position;
        string there = file.Names.Count == 0 ? "no arrays" : string.Join(", ", file.Names);
        throw new InputException(file.Path, "arrays", there, $"{name} (or {position})");
    }

    private static Tensor ReadPoints(NpzFile file, string name)
    {
        using var read = file.Read(name);
        var place = new InputPlace(file.Path, name);
        if (!Reals.Contains(read.dtype)) throw place.Fault($"type {ElementType.NameOf(read.dtype)}", "float32 or float64");
        if (read.dim() != 2) throw place.Fault($"shape [{string.Join(", ", read.shape)}]", "[N, D]: a row for each point");
        if (read.numel() == 0) throw place.Fault($"shape [{string.Join(", ", read.shape)}]", "at least one point of at least one number");
        return NarrowedPoints.NarrowFinite(read, place);
    }

    /// <summary>Reads labels of any integer type: [N] int64.</summary>
    internal static Tensor ReadLabels(NpzFile file, string name)
    {
        using var read = file.Read(name);
        var place = new InputPlace(file.Path, name);
        if (!Integers.Contains(read.dtype)) throw place.Fault($"type {ElementType.NameOf(read.dtype)}", "integers");
        if (read.dim() != 1) throw place.Fault($"shape [{string.Join(", ", read.shape)}]", "[N]: one label for each point");
        return read.to(ScalarType.Int64, copy: true);
    }

    // in C order
    private static long First(Tensor flags) => flags.to(ScalarType.Byte).argmax().item<long>();
}
