using Veer.Matching;

namespace Veer.Metrics;

/// <summary>The training points nearest to each of some points: what metrics of memorisation look at. Exact; equal points are at just 0.</summary>
internal sealed class TrainingNeighbors
{
    /// <summary>Neighbours of a point, where there are as many training points (Carlini et al., arXiv 2301.13188).</summary>
    private const int MostNeighbors = 50;

    private readonly Tensor training;
    private readonly NeighborTable table;

    /// <param name="points">[N, D] float32 or float64, N at least 1.</param>
    /// <param name="training">[T, D], T at least 1; it is held, not copied.</param>
    /// <param name="metric">For errors.</param>
    /// <param name="least">Training points without which the metric says nothing.</param>
    /// <param name="cancellation">Stops the search.</param>
    public TrainingNeighbors(Tensor points, Tensor training, string metric, int least = 1, CancellationToken cancellation = default)
    {
        PointSets.Check(points, training, metric);
        this.training = training;
        Require(least, metric);
        table = Neighbors.Find(points, training, (int)Math.Min(MostNeighbors, training.shape[0]), cancellation: cancellation);
    }

    /// <summary>Of the samples of a set, found once.</summary>
    public static TrainingNeighbors Of(MetricSet set, string metric, int least = 1) =>
        set.Once(() => new TrainingNeighbors(set.Points, Known(set.Real.Training, metric), metric, least, set.Cancellation)).Require(least, metric);

    /// <summary>Of the real points that the generator never saw, found once.</summary>
    public static TrainingNeighbors OfUnseen(MetricSet set, string metric) =>
        set.Real.Once(() => new TrainingNeighbors(Known(set.Real.Unseen, metric), Known(set.Real.Training, metric), metric, cancellation: set.Cancellation));

    /// <summary>[N] squared distances to the nearest.</summary>
    public IEnumerable<double> Squared => Enumerable.Range(0, table.Queries).Select(i => table.Squared[i * table.K]);

    /// <summary>[N] distances to the nearest.</summary>
    public IEnumerable<double> Distances => Squared.Select(Math.Sqrt);

    /// <summary>[N] the distance to the nearest over the mean of those to the 50 nearest: 1 at most, and 0 of a copy.</summary>
    public IEnumerable<double> Ratios => Distances.Select((nearest, i) =>
    {
        double sum = 0;
        foreach (double squared in table.Squared.AsSpan(i * table.K, table.K)) sum += Math.Sqrt(squared);
        return sum == 0 ? 0 : nearest * table.K / sum;
    });

    /// <summary>[N] squared distances from the nearest training point to the training point nearest to that one: 0 where it has a duplicate.</summary>
    public IEnumerable<double> SquaredGaps()
    {
        using var scope = NewDisposeScope();
        int[] nearest = [.. Enumerable.Range(0, table.Queries).Select(i => table.Indices[i * table.K])];
        long[] asked = [.. nearest.Distinct().Select(row => (long)row)];
        // the first of its own two nearest is the point itself, or a duplicate
        var gaps = Neighbors.Find(training.index_select(0, tensor(asked, device: training.device)), training, 2);
        var ofRow = asked.Select((row, i) => (row, gap: gaps.Squared[2 * i + 1])).ToDictionary(pair => pair.row, pair => pair.gap);
        return nearest.Select(row => ofRow[row]);
    }

    private TrainingNeighbors Require(int least, string metric) => training.shape[0] >= least
        ? this
        : throw new InputException(metric, "training points", $"{training.shape[0]}", $"at least {least}");

    private static Tensor Known(Tensor? points, string metric) =>
        points ?? throw new ArgumentException($"{metric} wants the points that the generator was trained on, and others that it never saw", nameof(points));
}
