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
        : this(() => Read(reference, reference.Size, reference.Mean.device, nameof(reference)))
    {
    }

    private FrechetReference(Func<Spread> read)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var reference = read();
        mean = reference.Mean.MoveToOuterDisposeScope();
        root = reference.Root.MoveToOuterDisposeScope();
        (trace, FewSamples) = (reference.Trace, reference.FewSamples);
    }

    /// <summary>What of a set is compared.</summary>
    /// <param name="Mean">[D] float64.</param>
    /// <param name="Root">R [D, r] with R Rᵀ = the covariance.</param>
    /// <param name="Trace">Of the covariance.</param>
    /// <param name="FewSamples">As <see cref="FrechetDistance.FewSamples"/>.</param>
    private readonly record struct Spread(Tensor Mean, Tensor Root, double Trace, bool FewSamples);

    /// <summary>D, the size of a feature vector.</summary>
    public long Size => mean.shape[0];

    /// <summary>Whether it has no more samples than the features have dimensions.</summary>
    public bool FewSamples { get; }

    /// <summary>Of points [M, D], M at least 2.</summary>
    internal static FrechetReference OfPoints(Tensor reference) => new(() => Read(reference, reference.shape[^1], reference.device, nameof(reference)));

    /// <summary>Of what metrics are measured against, made once.</summary>
    internal static FrechetReference Of(MetricReference real) =>
        real.Once(() => (real.Moments is { } moments ? new(moments) : OfPoints(real.Points)).DetachFromDisposeScope());

    /// <summary>The distance of samples.</summary>
    /// <param name="samples">Moments of the samples.</param>
    /// <exception cref="ArgumentException">They are of another size, or no moments.</exception>
    /// <exception cref="InputException">A value is not finite, or the covariance is none.</exception>
    public FrechetDistance Compare(FeatureMoments samples) => Compare(() => Read(samples, Size, mean.device, nameof(samples)));

    /// <summary>The distance of samples [N, D], N at least 2.</summary>
    internal FrechetDistance Compare(Tensor samples) => Compare(() => Read(samples, Size, mean.device, nameof(samples)));

    private FrechetDistance Compare(Func<Spread> read)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var samples = read();
        double means = (samples.Mean - mean).square().sum().item<double>();
        return new(means, Math.Max(0, samples.Trace + trace - 2 * SumOfSingularValues(samples.Root.t().matmul(root))), samples.FewSamples || FewSamples);
    }

    /// <summary>
    /// The distance of samples by eigenvalues alone, in half the time of <see cref="Compare(FeatureMoments)"/>: they are squares of what is summed, so small ones
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
        return means + Math.Max(0, variance + trace - 2 * shared);
    }

    private (Tensor Centre, double Variance, Tensor Gram) Many(FeatureMoments samples)
    {
        var (centre, covariance) = Wide(samples, mean.device);
        return (centre, covariance.trace().item<double>(), root.t().matmul(covariance).matmul(root));
    }

    /// <summary>The same eigenvalues, but for zeros, of a matrix [N - 1, N - 1].</summary>
    private (Tensor Centre, double Variance, Tensor Gram) Few(Tensor samples)
    {
        var few = Read(samples, Size, mean.device, nameof(samples));
        var turned = few.Root.t().matmul(root);
        return (few.Mean, few.Trace, turned.matmul(turned.t()));
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

    private static Spread Read(FeatureMoments moments, long size, Device device, string name)
    {
        Check(moments, size, name);
        var (centre, covariance) = Wide(moments, device);
        return new(centre, Root(covariance, name), covariance.trace().item<double>(), moments.FewSamples);
    }

    /// <summary>Of few points a root is at hand, which needs no decomposition of the covariance.</summary>
    private static Spread Read(Tensor points, long size, Device device, string name)
    {
        long rows = points.shape[0];
        if (rows < 2 || rows > size || points.dim() != 2 || points.shape[1] != size) return Read(FeatureMoments.Compute(points), size, device, name);
        PointSets.CheckFinite(points, Metric, name);
        var wide = points.detach().to(device).to(ScalarType.Float64);
        var centre = wide.mean([0]);
        var root = Contrasts(wide - centre).t() / Math.Sqrt(rows - 1);
        return new(centre, root, root.square().sum().item<double>(), FewSamples: true);
    }

    /// <summary>
    /// [N - 1, D] with the scatter of N points [N, D]: what each is off the mean of those before it, times sqrt(i / (i + 1)) (Helmert). One row less than the
    /// points about their mean, which would bring a singular value of 0.
    /// </summary>
    private static Tensor Contrasts(Tensor points)
    {
        var before = arange(1, points.shape[0], ScalarType.Float64, points.device).unsqueeze(1);
        var means = points.cumsum(0).narrow(0, 0, before.shape[0]) / before;
        return (points.narrow(0, 1, before.shape[0]) - means) * (before / (before + 1)).sqrt();
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
