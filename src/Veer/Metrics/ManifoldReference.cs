namespace Veer.Metrics;

/// <summary>
/// A reference that many sets of samples are compared with by <see cref="PrecisionRecall"/>: its own manifold is found once. It lives in the
/// dispose scope that it is made in.
/// </summary>
public sealed class ManifoldReference
{
    private static readonly string Metric = PrecisionRecall.PrecisionMetric.Name;

    private readonly int neighbors;
    private readonly Tensor reference;
    private readonly FeatureManifold manifold;

    /// <param name="reference">[M, D], M above k.</param>
    /// <param name="neighbors">k, at least 1.</param>
    /// <exception cref="ArgumentException">It is no such matrix.</exception>
    /// <exception cref="InputException">There are no more than k rows, or a value is not finite.</exception>
    public ManifoldReference(Tensor reference, int neighbors = PrecisionRecall.DefaultNeighbors)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(neighbors, 1);
        if (reference.dim() != 2 || reference.shape[1] == 0)
            throw new ArgumentException($"{Metric} wants a reference [M, D], not [{string.Join(", ", reference.shape)}]", nameof(reference));
        PointSets.Check(reference, Metric, nameof(reference));
        CheckCount(reference, nameof(reference), neighbors);
        this.neighbors = neighbors;
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        this.reference = Exact(reference).clone().MoveToOuterDisposeScope();
        manifold = new FeatureManifold(this.reference, neighbors);
        manifold.MoveToOuterDisposeScope();
    }

    /// <summary>Precision and recall of samples.</summary>
    /// <param name="samples">[N, D], N above k.</param>
    /// <exception cref="ArgumentException">The features differ in size.</exception>
    /// <exception cref="InputException">There are no more than k rows, or a value is not finite.</exception>
    public PrecisionRecall Compare(Tensor samples)
    {
        if (samples.dim() != 2 || samples.shape[1] != reference.shape[1])
            throw new ArgumentException($"{Metric} wants samples [N, {reference.shape[1]}], not [{string.Join(", ", samples.shape)}]", nameof(samples));
        PointSets.Check(samples, Metric, nameof(samples));
        CheckCount(samples, nameof(samples), neighbors);
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var points = Exact(samples).to(reference.device);
        return new(manifold.ShareOf(points), new FeatureManifold(points, neighbors).ShareOf(reference), neighbors);
    }

    /// <summary>Keeps what it holds beyond every dispose scope.</summary>
    internal ManifoldReference DetachFromDisposeScope()
    {
        reference.DetachFromDisposeScope();
        manifold.DetachFromDisposeScope();
        return this;
    }

    /// <summary>Differences are taken in float64, which holds every float32 and smaller type.</summary>
    private static Tensor Exact(Tensor points) => points.detach().to(points.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32);

    private static void CheckCount(Tensor points, string name, int neighbors)
    {
        if (points.shape[0] <= neighbors)
            throw new InputException(Metric, name, $"{points.shape[0]}", $"more than the {neighbors} neighbours asked for");
    }
}
