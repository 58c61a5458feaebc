using Veer.ClosedForm;

namespace Veer.Metrics;

/// <summary>
/// A reference that many sets of samples are compared with by <see cref="FrechetDistance"/>: the root of its covariance is found once. It
/// lives in the dispose scope that it is made in.
/// </summary>
public sealed class FrechetReference
{
    private static readonly string Metric = FrechetDistance.Metric.Name;
    private const double Epsilon = 1.0 / (1L << 52);

    private readonly Tensor mean, root;
    private readonly double trace;
    private readonly bool few;

    /// <param name="reference">Its moments.</param>
    /// <exception cref="ArgumentException">They are no moments.</exception>
    /// <exception cref="InputException">A value is not finite, or the covariance is none.</exception>
    public FrechetReference(FeatureMoments reference)
    {
        Check(reference, reference.Size, nameof(reference));
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var (centre, covariance) = Wide(reference, reference.Mean.device);
        mean = centre.MoveToOuterDisposeScope();
        trace = covariance.trace().item<double>();
        root = Root(covariance, nameof(reference)).MoveToOuterDisposeScope();
        few = reference.FewSamples;
    }

    /// <summary>The distance of samples.</summary>
    /// <param name="samples">Moments of the samples.</param>
    /// <exception cref="ArgumentException">They are of another size, or no moments.</exception>
    /// <exception cref="InputException">A value is not finite, or the covariance is none.</exception>
    public FrechetDistance Compare(FeatureMoments samples)
    {
        Check(samples, mean.shape[0], nameof(samples));
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var (centre, covariance) = Wide(samples, mean.device);
        double means = (centre - mean).square().sum().item<double>();
        double traces = covariance.trace().item<double>() + trace;
        double shared = SumOfSingularValues(Root(covariance, nameof(samples)).t().matmul(root));
        return new(means, Math.Max(0, traces - 2 * shared), samples.FewSamples || few);
    }

    /// <summary>Keeps what it holds beyond every dispose scope.</summary>
    internal FrechetReference DetachFromDisposeScope()
    {
        mean.DetachFromDisposeScope();
        root.DetachFromDisposeScope();
        return this;
    }

    /// <summary>R [D, r] with R Rᵀ = the covariance of rank r: eigenvectors times the roots of their eigenvalues.</summary>
    private static Tensor Root(Tensor covariance, string name)
    {
        var (variances, directions) = Covariances.Decompose(covariance, new(Metric, $"{name}' covariance"));
        // what a zero eigenvalue becomes by rounding; its root would be large
        double floor = variances.max().item<double>() * covariance.shape[0] * Epsilon;
        var kept = (variances > floor).nonzero().squeeze(1);
        return directions.index_select(1, kept) * variances.index_select(0, kept).sqrt();
    }

    private static double SumOfSingularValues(Tensor matrix) => matrix.numel() == 0 ? 0 : linalg.svdvals(matrix).sum().item<double>();

    private static (Tensor Mean, Tensor Covariance) Wide(FeatureMoments moments, Device device)
    {
        return (Of(moments.Mean), Of(moments.Covariance));

        Tensor Of(Tensor tensor) => tensor.detach().to(device).to(ScalarType.Float64);
    }

    private static void Check(FeatureMoments moments, long size, string name)
    {
        var (mean, covariance) = (moments.Mean, moments.Covariance);
        if (mean.dim() != 1 || mean.shape[0] != size || covariance.dim() != 2 || covariance.shape[0] != size || covariance.shape[1] != size)
        {
            throw new ArgumentException(
                $"{Metric} wants a mean [{size}] and a covariance [{size}, {size}], "
                + $"not [{string.Join(", ", mean.shape)}] and [{string.Join(", ", covariance.shape)}]",
                name);
        }
        PointSets.CheckFinite(covariance, Metric, $"{name}' covariance");
        PointSets.CheckFinite(mean.unsqueeze(0), Metric, $"{name}' mean");
    }
}
