namespace Veer.Metrics;

/// <summary>
/// `memorization-ratio`: the mean distance of samples to the nearest training point over that of real points that the generator never saw. 1 is what
/// new real points have, 0 what copies have; above 1 samples are farther out than real points.
/// </summary>
public static class MemorizationRatio
{
    private const string Name = "memorization-ratio";

    /// <summary>As it is measured where the training points are known.</summary>
    public static Metric Metric { get; } = new(
        Name, "Memorisation ratio", MetricDirection.Neither,
        "Mean distance of samples to the nearest training point over that of unseen real points; far below 1: copies.")
    {
        HangsOn = CountDependence.None,
        Needs = MetricNeeds.Features | MetricNeeds.Training,
        Default = SampleKinds.None,
        Measure = set =>
        {
            var unseen = TrainingNeighbors.OfUnseen(set, Name);
            var measured = Measurement.OfEach(tensor(Each(TrainingNeighbors.Of(set, Name), unseen), device: set.Points.device));
            double[] usual = [.. unseen.Distances];
            return measured with { Beside = measured.Value * Spread.ErrorOfMean(usual) / usual.Average() };
        },
    };

    /// <summary>The ratio, at least 0.</summary>
    /// <param name="samples">[N, D] float32 or float64, N at least 1.</param>
    /// <param name="training">[T, D] the points that the generator was trained on, T at least 1.</param>
    /// <param name="unseen">[U, D] real points that it never saw, U at least 1.</param>
    /// <exception cref="ArgumentException">The points differ in size.</exception>
    /// <exception cref="InputException">A set is empty, a value is not finite, or the unseen points are all training points.</exception>
    public static double Compute(Tensor samples, Tensor training, Tensor unseen) =>
        Each(new(samples, training, Name), new TrainingNeighbors(unseen, training, Name)).Average();

    private static double[] Each(TrainingNeighbors samples, TrainingNeighbors unseen)
    {
        double usual = unseen.Distances.Average();
        if (usual == 0) throw new InputException(Name, "unseen points", "training points alone", "others, which the generator never saw");
        return [.. samples.Distances.Select(distance => distance / usual)];
    }
}
