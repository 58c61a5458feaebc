using Veer.Matching;

namespace Veer.Metrics;

/// <summary>
/// Which samples lie in balls around real points, and which real points in balls around samples: all that the metrics of nearest neighbours are
/// calculated from, found in one pass over the pairs.
/// </summary>
internal sealed class NeighborGeometry
{
    private readonly BallCounts counts;

    /// <param name="samples">[N, D], N above k of the manifold.</param>
    /// <param name="reference">What they are compared with.</param>
    /// <param name="metric">The metric that faults name.</param>
    /// <param name="progress">Told the share that is done.</param>
    /// <param name="cancellation">Stops it between blocks of pairs.</param>
    /// <exception cref="ArgumentException">The points differ in size.</exception>
    /// <exception cref="InputException">There are no more than k rows, or a value is not finite.</exception>
    public NeighborGeometry(
        Tensor samples, NeighborReference reference, string metric, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        PointSets.Check(samples, reference.Points, metric);
        NeighborReference.Require(samples, nameof(samples), reference.Manifold, metric);
        Reference = reference;
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        Tensor points = NeighborReference.Exact(samples), others = NeighborReference.Exact(reference.Points);
        if (points.dtype != others.dtype) (points, others) = (points.to(ScalarType.Float64), others.to(ScalarType.Float64));
        // of a set with itself, half as many pairs are looked at
        double own = (double)points.shape[0] / (points.shape[0] + 2 * others.shape[0]);
        double[] radii = NearestOthers.Find(points, reference.Manifold, Part(progress, 0, own), cancellation).SquaredRadii(reference.Manifold);
        counts = BallCounts.Count(
            points, radii, others, [reference.ManifoldRadii, reference.BallRadii, reference.ClippedRadii], Part(progress, own, 1 - own), cancellation);
    }

    /// <summary>The real points.</summary>
    public NeighborReference Reference { get; }

    /// <summary>[N] balls of the real manifold that each sample lies in.</summary>
    public IReadOnlyList<int> ManifoldAround => counts.Around[0];

    /// <summary>[M] balls of the samples' manifold that each real point lies in.</summary>
    public IReadOnlyList<int> ManifoldAroundReal => counts.AroundColumns;

    /// <summary>[N] balls around real points that each sample lies in.</summary>
    public IReadOnlyList<int> Around => counts.Around[1];

    /// <summary>[M] samples in the ball around each real point.</summary>
    public IReadOnlyList<int> Within => counts.Within[1];

    /// <summary>[N] clipped balls around real points that each sample lies in.</summary>
    public IReadOnlyList<int> AroundClipped => counts.Around[2];

    /// <summary>k of the balls, be they clipped or not.</summary>
    public int Balls => Reference.Balls;

    /// <summary>Of two sets, with one k for all.</summary>
    /// <inheritdoc cref="NeighborGeometry(Tensor, NeighborReference, string, IProgress{double}?, CancellationToken)"/>
    public static NeighborGeometry Of(Tensor samples, Tensor reference, int neighbors, string metric) =>
        new(samples, new(reference, neighbors, neighbors, metric), metric);

    /// <summary>The one that a set's metrics share.</summary>
    /// <param name="set">The set.</param>
    /// <param name="metric">The metric that asks first.</param>
    public static NeighborGeometry Of(MetricSet set, string metric) => set.Once(() =>
    {
        double samples = set.Points.shape[0], real = set.Real.Points.shape[0], prepared = 0;
        var reference = set.Real.Once(() =>
        {
            prepared = real * real / (real + samples) / (real + samples);
            // so few that they have no more neighbours are enough for the manifold
            int balls = (int)Math.Clamp(set.Real.Points.shape[0] - 1, 1, NeighborDensity.DefaultNeighbors);
            return new NeighborReference(
                set.Real.Points, PrecisionRecall.DefaultNeighbors, balls, metric, Part(set.Progress, 0, prepared), set.Cancellation);
        });
        return new NeighborGeometry(set.Points, reference, metric, Part(set.Progress, prepared, 1 - prepared), set.Cancellation);
    });

    /// <summary>The one that a set's metrics share, for those that want balls of k = 5.</summary>
    /// <exception cref="InputException">There are no more than 5 real points.</exception>
    public static NeighborGeometry OfBalls(MetricSet set, string metric)
    {
        NeighborReference.Require(set.Real.Points, "reference", NeighborDensity.DefaultNeighbors, metric);
        return Of(set, metric);
    }

    private static PartOfProgress? Part(IProgress<double>? progress, double before, double share) => progress is null ? null : new(progress, before, share);
}
