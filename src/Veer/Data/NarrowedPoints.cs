using Veer.Formats;

namespace Veer.Data;

/// <summary>Float64 points as the float32 that networks work in, or a refusal where that would make different points one.</summary>
internal static class NarrowedPoints
{
    /// <summary>Rows that are looked at, evenly spread: so many that few of them are equal by chance alone.</summary>
    private const long MostRows = 4096;

    /// <summary>Numbers that are sorted at a time.</summary>
    private const long Chunk = 1 << 22;

    /// <summary>The share of differences that may be lost: of dense values in the rounding of float32 a few always are.</summary>
    private const double MostLost = 0.1;

    /// <summary>What calculations in float64 leave between values that should be equal, over the largest of the column.</summary>
    private const double Noise = 1.0 / (1L << 44);

    /// <summary>A float32 copy of points, each of which must be finite.</summary>
    /// <param name="points">[N, D] of a floating type.</param>
    /// <param name="place">For errors.</param>
    /// <exception cref="InputException">A number is not finite; and as for <see cref="Narrow"/>.</exception>
    public static Tensor NarrowFinite(Tensor points, InputPlace place)
    {
        RequireFinite(points, place);
        return Narrow(points, place);
    }

    /// <exception cref="InputException">A number is not finite in float32; names its row and column.</exception>
    public static void RequireFinite(Tensor points, InputPlace place)
    {
        using var scope = NewDisposeScope();
        var wrong = points.to(ScalarType.Float32).isfinite().logical_not_();
        if (!wrong.any().item<bool>()) return;
        // in C order
        var (row, column) = Math.DivRem(wrong.to(ScalarType.Byte).argmax().item<long>(), points.shape[1]);
        double value = points[row, column].to(ScalarType.Float64).item<double>();
        string given = double.IsFinite(value) ? FormattableString.Invariant($" (the file has {value})") : "";
        throw place.Fault(FormattableString.Invariant($"{(float)value} at row {row}, column {column}"), $"finite float32 numbers{given}");
    }

    /// <summary>A float32 copy of points.</summary>
    /// <param name="points">[N, D] of a floating type.</param>
    /// <param name="place">For errors.</param>
    /// <exception cref="InputException">Values of a column that differ would be equal in float32: they are too far from zero for their spread.</exception>
    public static Tensor Narrow(Tensor points, InputPlace place)
    {
        if (points.dtype == ScalarType.Float64) Check(points, place);
        return points.to(ScalarType.Float32, copy: true);
    }

    private static void Check(Tensor points, InputPlace place)
    {
        long count = points.shape[0], columns = points.shape[1], rows = Math.Min(count, MostRows), width = Math.Max(1, Chunk / rows);
        for (long first = 0; first < columns; first += width)
        {
            using var scope = NewDisposeScope();
            var some = points.narrow(1, first, Math.Min(width, columns - first));
            if (rows < count) some = some.index_select(0, arange(rows, ScalarType.Int64).mul_(count).div_(rows, RoundingMode.floor));
            var sorted = some.sort(0).Values;
            Tensor low = sorted.narrow(0, 0, rows - 1), high = sorted.narrow(0, 1, rows - 1);
            var differ = (high - low).gt(sorted.abs().amax([0], keepdim: true) * Noise);
            var lost = differ.logical_and(low.to(ScalarType.Float32).eq(high.to(ScalarType.Float32)));
            Tensor differences = differ.sum([0]), losses = lost.sum([0]);
            var wrong = losses.gt(differences * MostLost);
            if (!wrong.any().item<bool>()) continue;
            long column = wrong.to(ScalarType.Byte).argmax().item<long>();
            throw place.Fault(
                $"float64 values of column {first + column} that float32 takes for equal ({losses[column].item<long>()} of {differences[column].item<long>()} differences)",
                "values that float32 tells apart: take a constant off the column, or save float32");
        }
    }
}
