namespace Veer.Metrics;

/// <summary>
/// `auth-pct`: the share of authentic samples (Alaa et al., arXiv 2102.08921). A sample is authentic if it is farther from its nearest training
/// point than that one is from the training point nearest to it; a copy, or a copy with little noise, is not.
/// </summary>
/// <remarks>
/// New real points do not reach 1: they are authentic unless they and their nearest training point are each other's nearest, so one of three on a line,
/// and more in more dimensions. Near a training point that has a duplicate all are authentic but exact copies.
/// </remarks>
public static class AuthenticShare
{
    private const string Name = "auth-pct";

    /// <summary>A training point needs another.</summary>
    private const int LeastTraining = 2;

    /// <summary>As it is measured where the training points are known.</summary>
    public static Metric Metric { get; } = new(
        Name, "Authentic", MetricDirection.Higher,
        "Share of samples that are farther from the nearest training point than that is from the next one.")
    {
        IsShare = true,
        Source = "Alaa et al., arXiv 2102.08921",
        HangsOn = CountDependence.None,
        Needs = MetricNeeds.Features | MetricNeeds.Training,
        Default = SampleKinds.None,
        Measure = set => Measurement.OfEach(tensor(Each(TrainingNeighbors.Of(set, Name, LeastTraining)), device: set.Points.device)),
    };

    /// <summary>The share, 0 to 1.</summary>
    /// <param name="samples">[N, D] float32 or float64, N at least 1.</param>
    /// <param name="training">[T, D] the points that the generator was trained on, T at least 2.</param>
    /// <exception cref="ArgumentException">The points differ in size.</exception>
    /// <exception cref="InputException">There are too few points, or a value is not finite.</exception>
    public static double Share(Tensor samples, Tensor training) => Each(new(samples, training, Name, LeastTraining)).Average();

    private static double[] Each(TrainingNeighbors samples) => [.. samples.Squared.Zip(samples.SquaredGaps(), (squared, gap) => squared > gap ? 1.0 : 0)];
}
