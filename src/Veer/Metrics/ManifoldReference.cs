using static TorchSharp.torch;

namespace Veer.Metrics;

/// <summary>
/// A reference that many sets of samples are compared with by <see cref="PrecisionRecall"/>: its own manifold is found once. It lives in the
/// dispose scope that it is made in.
/// </summary>
public sealed class ManifoldReference
{
    private readonly int neighbors;
    private readonly Tensor reference, centre;
    private readonly FeatureManifold manifold;

    /// <param name="reference">[M, D], M above k.</param>
    /// <param name="neighbors">k, at least 1.</param>
    /// <exception cref="InputException">There are no more than k rows, or a value is not finite.</exception>
    public ManifoldReference(Tensor reference, int neighbors = PrecisionRecall.DefaultNeighbors)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(neighbors, 1);
        PointSets.Check(reference, reference, "precision");
        CheckCount(reference, nameof(reference), neighbors);
        this.neighbors = neighbors;
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        // distances stay, products lose fewer digits
        centre = reference.detach().mean([0], type: ScalarType.Float64).MoveToOuterDisposeScope();
        this.reference = (reference.detach().to(ScalarType.Float64) - centre).MoveToOuterDisposeScope();
        manifold = new FeatureManifold(this.reference, neighbors);
        manifold.MoveToOuterDisposeScope();
    }

    /// <summary>Precision and recall of samples.</summary>
    /// <param name="samples">[N, D], N above k.</param>
    /// <exception cref="ArgumentException">The features differ in size.</exception>
    /// <exception cref="InputException">There are no more than k rows, or a value is not finite.</exception>
    public PrecisionRecall Compare(Tensor samples)
    {
        PointSets.Check(samples, reference, "precision");
        CheckCount(samples, nameof(samples), neighbors);
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var points = samples.detach().to(reference.device).to(ScalarType.Float64) - centre;
        return new(manifold.ShareOf(points), new FeatureManifold(points, neighbors).ShareOf(reference), neighbors);
    }

    private static void CheckCount(Tensor points, string name, int neighbors)
    {
        if (points.shape[0] <= neighbors)
            throw new InputException("precision", name, $"{points.shape[0]}", $"more than the {neighbors} neighbours asked for");
    }
}
