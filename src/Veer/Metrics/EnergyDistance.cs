using TorchSharp;

namespace Veer.Metrics;

/// <summary>
/// The energy distance (Székely and Rizzo, 2013): 2 E|x - y| - E|x - x'| - E|y - y'|, in the unit of the points. It is the V-statistic, the
/// mean over all pairs, of a point and itself too: at least 0, and 0 for equal sets alone.
/// </summary>
/// <remarks>
/// Of finite samples of one distribution it is not 0: above by about E|x - x'| · (1/N + 1/M). Compare numbers of equal N, and with a second real
/// sample as floor. On a line it is 2 ∫ (F - G)². Distances are direct differences in float64, of a point and its copy just 0; in many dimensions they come from products about
/// the mean, many times as fast, where a copy is some 1e-8 of a point's length away, which moves no mean by more than 1e-8 / N of it.
/// </remarks>
public static class EnergyDistance
{
    /// <summary>Points of either set that studies take at most: pairs grow with the square.</summary>
    private const int MostPoints = 2000;

    /// <summary>From so many dimensions on products are faster than differences.</summary>
    private const int ManyDimensions = 64;

    /// <summary>Distances held at a time: 32 MB in float64.</summary>
    private const long ChunkValues = 1 << 22;

    /// <summary>As studies measure it: of points within a class, of images in features; on a subset.</summary>
    public static Metric Metric { get; } = new(
        "energy-distance", "Energy distance", MetricDirection.Lower,
        "Twice the mean distance between samples and real points, less the mean distances within either set; on a subset.")
    {
        Source = "Székely and Rizzo, J. Stat. Plan. Inference 143, 2013",
        Needs = MetricNeeds.Features,
        MostSamples = MostPoints,
        Evaluated = SampleKinds.Points,
        Measure = set => new(Distance(set.Points, set.Real.Points, MostPoints, set.Real.Seed)),
    };

    /// <summary>The distance, of all points unless a limit is given.</summary>
    /// <param name="samples">[N, D] float32 or float64.</param>
    /// <param name="reference">[M, D].</param>
    /// <param name="limit">
    /// Points that a larger set is thinned to, at least 1: to the rows whose keys (seed, "energy-subset", row) are the smallest, the same for both sets.
    /// </param>
    /// <param name="seed">Draws the subset.</param>
    /// <exception cref="ArgumentException">The points differ in size.</exception>
    /// <exception cref="InputException">A set is empty, or a value is not finite.</exception>
    public static double Distance(Tensor samples, Tensor reference, int? limit = null, long seed = 0)
    {
        if (limit is { } most) ArgumentOutOfRangeException.ThrowIfLessThan(most, 1, nameof(limit));
        PointSets.Check(samples, reference, Metric.Name);
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var key = RandomKey.From(seed, "energy-subset");
        var (points, others) = (Subset(samples), Subset(reference));
        var mode = compute_mode.donot_use_mm_for_euclid_dist;
        if (points.shape[1] >= ManyDimensions)
        {
            mode = compute_mode.use_mm_for_euclid_dist;
            // what they have in common would only be rounded
            var center = others.mean([0]);
            (points, others) = (points - center, others - center);
        }
        return 2 * Mean(points, others, mode) - Mean(points, points, mode) - Mean(others, others, mode);

        Tensor Subset(Tensor all) => (limit < all.shape[0]
            ? all.index_select(0, tensor(KeyedSubset.Rows(key, all.shape[0], limit.Value), device: all.device)) : all).to(samples.device).to(ScalarType.Float64);
    }

    /// <summary>The mean distance over all pairs.</summary>
    private static double Mean(Tensor points, Tensor others, compute_mode mode)
    {
        long count = points.shape[0], chunk = Math.Max(1, ChunkValues / others.shape[0]);
        double sum = 0;
        for (long first = 0; first < count; first += chunk)
        {
            using var scope = NewDisposeScope();
            sum += cdist(points.narrow(0, first, Math.Min(chunk, count - first)), others, 2, mode).sum().item<double>();
        }
        return sum / count / others.shape[0];
    }
}
