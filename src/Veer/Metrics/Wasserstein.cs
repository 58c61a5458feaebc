using Veer.Matching;

namespace Veer.Metrics;

/// <summary>
/// The exact Wasserstein distance between two point sets: (mean over the optimal matching of |x - y|^p)^(1/p), p the order. Order 2 is the
/// usual W2; its unit is that of the points.
/// </summary>
/// <remarks>
/// In one dimension the optimal matching is the sorted order: the quantile functions of all points are compared. In more it is found by
/// <see cref="Assignment"/>, or where sets differ in size, so that points are split, by <see cref="Transport"/>: at N · M memory and up to n³
/// time. Sets may therefore be thinned to a limit: to the rows whose keys (seed, "wasserstein-subset", row) are the smallest, the same for
/// both sets. The distance between finite samples of one distribution is not 0 and falls slowly with n (about n^(-1/D)): compare only numbers
/// of equal n, and with a second real sample as floor.
/// </remarks>
public static class Wasserstein
{
    /// <summary>Of order 2, as studies measure it.</summary>
    public static Metric Metric { get; } = new(
        "wasserstein-2", "Wasserstein-2", MetricDirection.Lower,
        "Exact optimal-transport distance to the reference, on a subset.")
    {
        Needs = MetricNeeds.Features,
        Default = SampleKinds.Points,
        MostSamples = MetricReference.DefaultMatchedPoints,
        Evaluated = SampleKinds.Points,
        Measure = Matched,
    };

    /// <summary>Of order 1, on a line, where the matching is known and all points count, as studies measure it.</summary>
    public static Metric LineMetric { get; } = new(
        "wasserstein-1", "Wasserstein-1", MetricDirection.Lower,
        "Exact optimal-transport distance to the reference, on a line.")
    {
        Needs = MetricNeeds.Features | MetricNeeds.Line,
        Default = SampleKinds.Points,
        Evaluated = SampleKinds.Points,
        Measure = set => new(Distance(set.Points, set.Real.Points, order: 1)),
    };

    /// <summary>Beyond this, limit² costs no longer fit into one array.</summary>
    private const int LargestLimit = 46_000;

    /// <summary>The distance, of all points unless a limit is given.</summary>
    /// <param name="samples">[N, D] float32 or float64.</param>
    /// <param name="reference">[M, D].</param>
    /// <param name="order">1 or 2.</param>
    /// <param name="limit">
    /// Points that a larger set is thinned to, 1 to 46,000; memory is 8 · limit² bytes, a third more in few dimensions, and as much again where the sizes differ. Not looked at
    /// if D = 1.
    /// </param>
    /// <param name="seed">Draws the subset of a set that is larger than the limit.</param>
    /// <exception cref="InputException">A set is empty, a value is not finite, or there are too many points for a distance without a limit.</exception>
    public static double Distance(Tensor samples, Tensor reference, int order = 2, int? limit = null, long seed = 0)
    {
        if (order is not (1 or 2)) throw new ArgumentOutOfRangeException(nameof(order), order, "1 or 2");
        int most = limit ?? LargestLimit;
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1, nameof(limit));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(most, LargestLimit, nameof(limit));
        PointSets.Check(samples, reference, "wasserstein");
        if (samples.shape[1] == 1) return OnLine(samples, reference, order);
        long larger = Math.Max(samples.shape[0], reference.shape[0]);
        if (limit is null && larger > LargestLimit)
            throw new InputException("wasserstein", "points", $"{larger}", $"at most {LargestLimit}, or a limit to thin them to");
        return Matched(samples, reference, order, most, seed);
    }

    /// <summary>With equally many points of both, however many there are.</summary>
    private static Measurement Matched(MetricSet set)
    {
        int matched = (int)Math.Min(set.Real.MatchedPoints, Math.Min(set.Points.shape[0], set.Real.Points.shape[0]));
        return new(Distance(set.Points, set.Real.Points, limit: matched, seed: set.Real.Seed));
    }

    private static double OnLine(Tensor samples, Tensor reference, int order)
    {
        using var scope = NewDisposeScope();
        var steps = CommonSteps.Create(samples.shape[0], reference.shape[0], CPU);
        var (mine, theirs) = (Sorted(samples), Sorted(reference));
        return order == 1 ? steps.Distances(mine, theirs).item<double>() : Math.Sqrt(steps.SquaredDistances(mine, theirs).item<double>());

        static Tensor Sorted(Tensor points)
        {
            var values = points.detach().cpu().to(ScalarType.Float64, copy: true).reshape(1, -1);
            AscendingRows.Sort(values);
            return values;
        }
    }

    private static double Matched(Tensor samples, Tensor reference, int order, int limit, long seed)
    {
        using var scope = NewDisposeScope();
        int n = (int)Math.Min(limit, samples.shape[0]), m = (int)Math.Min(limit, reference.shape[0]), dimensions = (int)samples.shape[1];
        var key = RandomKey.From(seed, "wasserstein-subset");
        var costs = new double[n * m];
        Assignment.SquaredDistances(Subset(samples, key, n), Subset(reference, key, m), dimensions, costs);
        if (order == 1)
        {
            for (int i = 0; i < costs.Length; i++) costs[i] = Math.Sqrt(costs[i]);
        }

        double mean = n == m ? Assignment.MeanCost(costs, n, dimensions) : Transport.MeanCost(costs, n, m);
        return order == 1 ? mean : Math.Sqrt(mean);
    }

    private static double[] Subset(Tensor points, RandomKey key, int size)
    {
        var rows = tensor(KeyedSubset.Rows(key, points.shape[0], size));
        return points.detach().cpu().to(ScalarType.Float64).index_select(0, rows).data<double>().ToArray();
    }
}
