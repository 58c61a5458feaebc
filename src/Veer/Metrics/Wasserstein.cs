using static TorchSharp.torch;

namespace Veer.Metrics;

/// <summary>
/// The exact Wasserstein distance between two point sets: (mean over the optimal matching of |x - y|^p)^(1/p), p the order. Order 2 is the
/// usual W2; its unit is that of the points.
/// </summary>
/// <remarks>
/// In one dimension the optimal matching is the sorted order: the quantile functions of all points are compared, of sets of any size. In
/// more it is found by <see cref="Assignment"/>, at n² memory and up to n³ time, so larger sets are thinned to a subset: the rows whose
/// keys (seed, "wasserstein-subset", row) are the smallest, the same for both sets. The distance between finite samples of one
/// distribution is not 0 and falls slowly with n (about n^(-1/D)): compare only numbers of equal n, and with a second real sample as floor.
/// </remarks>
public static class Wasserstein
{
    /// <summary>Points per set above which a subset is drawn, unless said otherwise.</summary>
    public const int DefaultLimit = 2000;

    /// <summary>Beyond this, limit² costs no longer fit into one array.</summary>
    private const int LargestLimit = 46_000;

    /// <summary>The distance; beyond one dimension both sets are thinned to the smaller one's size, and to the limit.</summary>
    /// <param name="samples">[N, D] float32 or float64.</param>
    /// <param name="reference">[M, D].</param>
    /// <param name="order">1 or 2.</param>
    /// <param name="limit">Largest number of points to match, 1 to 46,000; memory is 8 · limit² bytes. Not looked at if D = 1.</param>
    /// <param name="seed">Draws the subset.</param>
    /// <exception cref="InputException">A set is empty or a value is not finite.</exception>
    public static double Distance(Tensor samples, Tensor reference, int order = 2, int limit = DefaultLimit, long seed = 0)
    {
        if (order is not (1 or 2)) throw new ArgumentOutOfRangeException(nameof(order), order, "1 or 2");
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, LargestLimit);
        PointSets.Check(samples, reference, "wasserstein");

        return samples.shape[1] == 1 ? OnLine(samples, reference, order) : Matched(samples, reference, order, limit, seed);
    }

    private static double OnLine(Tensor samples, Tensor reference, int order)
    {
        using var scope = NewDisposeScope();
        var steps = CommonSteps.Of(samples.shape[0], reference.shape[0], CPU);
        var (mine, theirs) = (Sorted(samples), Sorted(reference));
        return order == 1 ? steps.Distances(mine, theirs).item<double>() : Math.Sqrt(steps.SquaredDistances(mine, theirs).item<double>());

        static Tensor Sorted(Tensor points) => points.detach().cpu().to(ScalarType.Float64).reshape(1, -1).sort(1).Values;
    }

    private static double Matched(Tensor samples, Tensor reference, int order, int limit, long seed)
    {
        using var scope = NewDisposeScope();
        int n = (int)Math.Min(limit, Math.Min(samples.shape[0], reference.shape[0])), dimensions = (int)samples.shape[1];
        var key = RandomKey.Of(seed, "wasserstein-subset");
        var costs = new double[n * n];
        Assignment.SquaredDistances(Subset(samples, key, n), Subset(reference, key, n), dimensions, costs);
        if (order == 1)
        {
            for (int i = 0; i < costs.Length; i++) costs[i] = Math.Sqrt(costs[i]);
        }

        int[] columns = Assignment.Solve(costs, n);
        double sum = 0;
        for (int row = 0; row < n; row++) sum += costs[row * n + columns[row]];
        return order == 1 ? sum / n : Math.Sqrt(sum / n);
    }

    private static double[] Subset(Tensor points, RandomKey key, int size)
    {
        var rows = tensor(KeyedSubset.Rows(key, points.shape[0], size));
        return points.detach().cpu().to(ScalarType.Float64).index_select(0, rows).data<double>().ToArray();
    }
}
