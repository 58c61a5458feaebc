using Veer.ClosedForm;
using Veer.Formats;

namespace Veer.Metrics;

/// <summary>
/// A reference that many sets of samples are compared with by <see cref="FrechetDistance"/>: the root of its covariance is found once. It
/// lives in the dispose scope that it is made in, or until it is disposed of.
/// </summary>
public sealed class FrechetReference : IDisposable
{
    private static readonly string Metric = FrechetDistance.Metric.Name;
    private const double Epsilon = 1.0 / (1L << 52);

    /// <summary>Few, as among squares true values lie as low; zeros there are hardly any.</summary>
    private const int SquaredRoundings = 4;

    /// <summary>Singular values from so many on are found by their squares, where rounding loses no more than this share of their sum.</summary>
    private const int LeastSquared = 512;

    private const double SquaredLoss = 1e-9;

    private readonly Tensor mean, root;
    private readonly double trace;

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
        FewSamples = reference.FewSamples;
    }

    /// <summary>D, the size of a feature vector.</summary>
    public long Size => mean.shape[0];

    /// <summary>Whether it has no more samples than the features have dimensions.</summary>
    public bool FewSamples { get; }

    /// <summary>Of what metrics are measured against, made once.</summary>
    internal static FrechetReference Of(MetricReference real) =>
        real.Once(() => new FrechetReference(real.Moments ?? FeatureMoments.Compute(real.Points)).DetachFromDisposeScope());

    /// <summary>The distance of samples.</summary>
    /// <param name="samples">Moments of the samples.</param>
    /// <exception cref="ArgumentException">They are of another size, or no moments.</exception>
    /// <exception cref="InputException">A value is not finite, or the covariance is none.</exception>
    public FrechetDistance Compare(FeatureMoments samples)
    {
        Check(samples, Size, nameof(samples));
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var (centre, covariance) = Wide(samples, mean.device);
        double means = (centre - mean).square().sum().item<double>();
        double traces = covariance.trace().item<double>() + trace;
        double shared = SumOfSingularValues(Root(covariance, nameof(samples)).t().matmul(root));
        return new(means, Math.Max(0, traces - 2 * shared), samples.FewSamples || FewSamples);
    }

    /// <summary>
    /// The distance of samples by eigenvalues alone, in half the time of <see cref="Compare"/>: they are squares of what is summed, so small ones
    /// have half its digits. About 1e-9 of the value is lost where variances span six decades, far less than another sample would change.
    /// </summary>
    /// <param name="samples">[N, D], N at least 2, finite.</param>
    internal double Estimate(Tensor samples)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var (centre, variance, gram) = samples.shape[0] > Size ? Many(FeatureMoments.Compute(samples)) : Few(samples);
        double means = (centre - mean).square().sum().item<double>();
        double shared = AboveRounding(linalg.eigvalsh(gram), SquaredRoundings).sqrt().sum().item<double>();
        return means + Math.Max(0, variance.item<double>() + trace - 2 * shared);
    }

    private (Tensor Centre, Tensor Variance, Tensor Gram) Many(FeatureMoments samples)
    {
        var (centre, covariance) = Wide(samples, mean.device);
        return (centre, covariance.trace(), root.t().matmul(covariance).matmul(root));
    }

    /// <summary>The same eigenvalues, but for zeros, of a matrix [N, N].</summary>
    private (Tensor Centre, Tensor Variance, Tensor Gram) Few(Tensor samples)
    {
        var points = samples.detach().to(mean.device).to(ScalarType.Float64);
        var centre = points.mean([0]);
        points = (points - centre) / Math.Sqrt(points.shape[0] - 1);
        var turned = points.matmul(root);
        return (centre, points.square().sum(), turned.matmul(turned.t()));
    }

    /// <summary>Frees what it holds.</summary>
    public void Dispose()
    {
        mean.Dispose();
        root.Dispose();
    }

    /// <summary>Keeps what it holds beyond every dispose scope.</summary>
    internal FrechetReference DetachFromDisposeScope()
    {
        mean.DetachFromDisposeScope();
        root.DetachFromDisposeScope();
        return this;
    }

    /// <summary>R [D, r] with R Rᵀ = the covariance of rank r: its Cholesky factor, or eigenvectors times the roots of their eigenvalues.</summary>
    private static Tensor Root(Tensor covariance, string name)
    {
        var place = new InputPlace(Metric, $"{name}' covariance");
        if (Covariances.Factor(covariance, place) is { } factor) return factor;
        var (variances, directions) = Covariances.Decompose(covariance, place);
        var kept = AboveRounding(variances, variances.shape[0]);
        return directions.narrow(1, directions.shape[1] - kept.shape[0], kept.shape[0]) * kept.sqrt();
    }

    /// <summary>Eigenvalues, ascending, less those that a zero may have become by so many roundings of the largest: their roots would be large.</summary>
    private static Tensor AboveRounding(Tensor values, long roundings) =>
        values.numel() == 0 ? values : values[values > values[-1] * roundings * Epsilon];

    /// <summary>Of a large matrix by the eigenvalues of its square, in a third of the time, where these lose next to nothing.</summary>
    private static double SumOfSingularValues(Tensor matrix)
    {
        if (matrix.numel() == 0) return 0;
        if (Math.Min(matrix.shape[0], matrix.shape[1]) >= LeastSquared)
        {
            var wide = matrix.shape[0] <= matrix.shape[1] ? matrix.t() : matrix;
            var values = linalg.eigvalsh(SymmetricProduct.Lower(wide));
            var roots = values.clamp_min(0).sqrt();
            double sum = roots.sum().item<double>();
            // each eigenvalue is off by some roundings of the largest, so its root by that over twice the root
            double off = (values[-1] * Epsilon / roots).sum().item<double>();
            if (off <= SquaredLoss * sum) return sum;
        }
        return linalg.svdvals(matrix).sum().item<double>();
    }

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
