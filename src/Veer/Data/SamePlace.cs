using System.Globalization;

namespace Veer.Data;

/// <summary>Whether the numbers of two sets can be of one quantity: those of another unit or offset are another.</summary>
internal static class SamePlace
{
    /// <summary>Two sets of one source do not differ by more than this in centre or width, in widths of the reference.</summary>
    private const double MostApart = 10;

    // rows that are widened to float64 at a time
    private const long Chunk = 8192;

    /// <summary>What stands against it: the ranges of both in words; null where nothing does.</summary>
    /// <param name="points">[N, ...].</param>
    /// <param name="reference">[M, ...].</param>
    public static (string Found, string Expected)? Differ(Tensor points, Tensor reference)
    {
        var (set, known) = (Spread(points), Spread(reference));
        double apart = Math.Abs(known.Mean - set.Mean);
        bool same = apart <= MostApart * known.Width && set.Width <= MostApart * known.Width
            && known.Width <= MostApart * Math.Max(set.Width, known.Width / reference.shape[0]);
        return same ? null : (Range(points), Range(reference));
    }

    /// <summary>The same of vectors and of what was known of the reference.</summary>
    /// <param name="points">[N, D].</param>
    /// <param name="center">[D] the reference's means.</param>
    /// <param name="scale">[D] its standard deviations.</param>
    public static (string Found, string Expected)? Differ(Tensor points, IReadOnlyList<double> center, IReadOnlyList<double> scale)
    {
        using var scope = NewDisposeScope();
        var unit = (points.to(ScalarType.Float64) - tensor(center.ToArray())) / tensor(scale.ToArray());
        double apart = Math.Abs(unit.mean().item<double>()), width = unit.std(unbiased: false).item<double>();
        bool same = apart <= MostApart && width <= MostApart && (points.shape[0] == 1 || width >= 1 / MostApart);
        return same ? null : (Range(points), string.Create(CultureInfo.InvariantCulture, $"about {center.Zip(scale, (at, by) => at - 3 * by).Min():g4} to {center.Zip(scale, (at, by) => at + 3 * by).Max():g4}"));
    }

    /// <summary>Mean and standard deviation of all numbers.</summary>
    private static (double Mean, double Width) Spread(Tensor points)
    {
        double shift = points.flatten()[0].to(ScalarType.Float64).item<double>(), sum = 0, squares = 0;
        for (long first = 0; first < points.shape[0]; first += Chunk)
        {
            using var scope = NewDisposeScope();
            var some = points.narrow(0, first, Math.Min(Chunk, points.shape[0] - first)).to(ScalarType.Float64) - shift;
            sum += some.sum().item<double>();
            squares += some.square().sum().item<double>();
        }
        double mean = sum / points.numel();
        return (shift + mean, Math.Sqrt(Math.Max(0, squares / points.numel() - mean * mean)));
    }

    private static string Range(Tensor points) => string.Create(
        CultureInfo.InvariantCulture, $"{points.min().to(ScalarType.Float64).item<double>():g4} to {points.max().to(ScalarType.Float64).item<double>():g4}");
}
