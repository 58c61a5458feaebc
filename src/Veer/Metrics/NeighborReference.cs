using Veer.Matching;

namespace Veer.Metrics;

/// <summary>Real points with the balls around them that the metrics of nearest neighbours rest on; it serves many sets of samples.</summary>
internal sealed class NeighborReference
{
    private readonly NearestOthers nearest;
    private readonly Lazy<int[]> aroundOthers;

    /// <param name="points">[M, D], M above k of either kind; they are held, not copied, and must outlive this.</param>
    /// <param name="manifold">k of <see cref="PrecisionRecall"/>, at least 1.</param>
    /// <param name="balls">k of densities and coverages, at least 1.</param>
    /// <param name="metric">The metric that faults name.</param>
    /// <param name="progress">Told the share that is done.</param>
    /// <param name="cancellation">Stops it between blocks of pairs.</param>
    /// <exception cref="ArgumentException">They are no such matrix.</exception>
    /// <exception cref="InputException">There are no more than k rows, or a value is not finite.</exception>
    public NeighborReference(
        Tensor points, int manifold, int balls, string metric, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(manifold, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(balls, 1);
        if (points.dim() != 2 || points.shape[1] == 0)
            throw new ArgumentException($"{metric} wants a reference [M, D], not [{string.Join(", ", points.shape)}]", nameof(points));
        PointSets.Check(points, metric, "reference");
        int k = Math.Max(manifold, balls);
        Require(points, "reference", k, metric);
        (Points, Manifold, Balls) = (points, manifold, balls);
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        nearest = NearestOthers.Find(Exact(points), k, progress, cancellation);
        ManifoldRadii = nearest.SquaredRadii(manifold);
        BallRadii = nearest.SquaredRadii(balls);
        double median = SquaredMedian(BallRadii);
        ClippedRadii = [.. BallRadii.Select(squared => Math.Min(squared, median))];
        aroundOthers = new(CountAroundOthers);
    }

    /// <summary>[M, D] the points.</summary>
    public Tensor Points { get; }

    /// <summary>k of <see cref="ManifoldRadii"/>.</summary>
    public int Manifold { get; }

    /// <summary>k of <see cref="BallRadii"/>.</summary>
    public int Balls { get; }

    /// <summary>[M] squared distance of every point to its nearest other point but <see cref="Manifold"/> - 1.</summary>
    public double[] ManifoldRadii { get; }

    /// <summary>[M] squared distance of every point to its nearest other point but <see cref="Balls"/> - 1.</summary>
    public double[] BallRadii { get; }

    /// <summary>[M] the same, none above their median.</summary>
    public double[] ClippedRadii { get; }

    /// <summary>[M] how many clipped balls around other points each point lies in.</summary>
    public int[] AroundOthers => aroundOthers.Value;

    /// <summary>In float32 or float64, which hold every smaller type; on the CPU.</summary>
    public static Tensor Exact(Tensor points) =>
        points.detach().cpu().to(points.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32).contiguous();

    /// <exception cref="InputException">There are no more than k points.</exception>
    public static void Require(Tensor points, string name, int neighbors, string metric)
    {
        if (points.shape[0] <= neighbors)
            throw new InputException(metric, name, $"{points.shape[0]}", $"more than the {neighbors} neighbours asked for");
    }

    /// <summary>Distances to all whom a ball holds are known but where more than k are as near as the k-th.</summary>
    private int[] CountAroundOthers()
    {
        var counts = new int[BallRadii.Length];
        var crowded = new List<long>();
        for (int point = 0; point < counts.Length; point++)
        {
            // a list that is longer than k says who is as far as the k-th, but only as many as it holds
            if (ClippedRadii[point] == nearest.Squared(point)[^1] && nearest.HasTies(point))
            {
                crowded.Add(point);
                continue;
            }
            var squared = nearest.Squared(point);
            for (int rank = 0; rank < nearest.K && squared[rank] <= ClippedRadii[point]; rank++) counts[nearest.Of(point)[rank]]++;
        }
        if (crowded.Count == 0) return counts;

        using var scope = NewDisposeScope();
        var points = Exact(Points);
        double[] none = new double[counts.Length];
        Array.Fill(none, double.NegativeInfinity);
        var within = BallCounts.Count(
            points, none, points.index_select(0, tensor(crowded)), [[.. crowded.Select(point => ClippedRadii[point])]]);
        for (int point = 0; point < counts.Length; point++) counts[point] += within.Around[0][point];
        // every ball holds its own centre
        foreach (long point in crowded) counts[point]--;
        return counts;
    }

    /// <summary>The square of the median of the roots; of an even number, of the mean of the two in the middle.</summary>
    private static double SquaredMedian(double[] squared)
    {
        double[] ordered = [.. squared.Order()];
        double lower = ordered[(ordered.Length - 1) / 2], upper = ordered[ordered.Length / 2];
        // rounding must not put what is at the radius outside
        return Math.Clamp(Math.Pow((Math.Sqrt(lower) + Math.Sqrt(upper)) / 2, 2), lower, upper);
    }
}
