namespace Veer.Metrics;

/// <summary>
/// `frechet`: the Fréchet distance between the Gaussians that have two sets' means and covariances (Dowson and Landau, 1982; on Inception
/// features the FID of Heusel et al., arXiv 1706.08500). As is the custom it is the squared distance, in the unit of the features squared:
/// |m1 - m2|² + tr(A + B - 2 (A^½ B A^½)^½).
/// </summary>
/// <param name="MeanTerm">|m1 - m2|².</param>
/// <param name="CovarianceTerm">tr(A + B - 2 (A^½ B A^½)^½), at least 0.</param>
/// <param name="FewSamples">
/// Whether a set has no more samples than the features have dimensions. Its covariance is then singular and the distance is biased
/// upwards by much: compare it only with distances at the same number of samples.
/// </param>
/// <remarks>
/// Covariances are divided by N - 1. tr (A^½ B A^½)^½ is the sum of the singular values of Rᵀ S, for any R Rᵀ = A and S Sᵀ = B: Cholesky
/// factors in float64; of few points they themselves, about their mean; or of covariances that are nearly singular symmetric eigendecompositions, less the
/// eigenvalues that are rounding. So singular covariances need no added diagonal, both sets may change places, and the result is closer than that of a general matrix root.
/// </remarks>
public readonly record struct FrechetDistance(double MeanTerm, double CovarianceTerm, bool FewSamples)
{
    /// <summary>As studies measure it.</summary>
    public static Metric Metric { get; } = new(
        "frechet", "Fréchet distance", MetricDirection.Lower,
        "Distance between Gaussians fitted to the features of samples and real data.")
    {
        Source = "Dowson and Landau, 1982; FID: Heusel et al., arXiv 1706.08500",
        Needs = MetricNeeds.Features,
        Default = SampleKinds.Images,
        LeastSamples = 2,
        ReadsCovariance = true,
        Measure = set => new(FrechetReference.Of(set.Real).Compare(set.Points).Value),
    };

    /// <summary>The distance, squared as is the custom: at least 0.</summary>
    public double Value => MeanTerm + CovarianceTerm;

    /// <summary>The distance between two sets of features.</summary>
    /// <param name="samples">[N, D], N at least 2.</param>
    /// <param name="reference">[M, D], M at least 2.</param>
    /// <exception cref="ArgumentException">The features differ in size.</exception>
    /// <exception cref="InputException">A set has fewer than two rows, or a value is not finite.</exception>
    public static FrechetDistance Compute(Tensor samples, Tensor reference)
    {
        PointSets.Check(samples, reference, Metric.Name);
        using var scope = NewDisposeScope();
        return FrechetReference.OfPoints(reference).Compare(samples);
    }

    /// <summary>The distance between two sets of which the moments are known; many sets are compared with one by <see cref="FrechetReference"/>.</summary>
    /// <param name="samples">Moments of the one set.</param>
    /// <param name="reference">Moments of the other.</param>
    /// <exception cref="ArgumentException">They differ in size, or are no moments.</exception>
    /// <exception cref="InputException">A value is not finite.</exception>
    public static FrechetDistance Compute(FeatureMoments samples, FeatureMoments reference)
    {
        using var scope = NewDisposeScope();
        return new FrechetReference(reference).Compare(samples);
    }
}
