namespace Veer.Metrics;

/// <summary>
/// `nn-ratio`: the share of samples that stand out as near one training point. A sample's ratio is its distance to the nearest training point over
/// the mean of those to its 50 nearest (Carlini et al., arXiv 2301.13188, whose factor of one half drops out); it counts where the ratio is no
/// larger than that of the lowest 1% of unseen real points.
/// </summary>
/// <remarks>
/// A generator that copies nothing has about 1%, one of copies alone 100%. Unlike a distance the ratio does not call a plain sample, near to very many
/// training points, a copy. Fewer than 50 training points are all taken; a copy among nothing but duplicates has ratio 0. Of fewer than 100 unseen
/// points the lowest counts, and the floor is one in so many.
/// </remarks>
public static class NeighborRatio
{
    private const string Name = "nn-ratio";

    /// <summary>One unseen real point of so many has a ratio up to the limit.</summary>
    private const int UnseenPerOne = 100;

    /// <summary>Of a single training point every ratio is 1.</summary>
    private const int LeastTraining = 2;

    /// <summary>As it is measured where the training points are known.</summary>
    public static Metric Metric { get; } = new(
        Name, "Near one training point", MetricDirection.Lower,
        "Share of samples that stand out as near one training point as only 1% of unseen real points do.")
    {
        IsShare = true,
        Source = "after Carlini et al., arXiv 2301.13188",
        HangsOn = CountDependence.None,
        Needs = MetricNeeds.Features | MetricNeeds.Training,
        Default = SampleKinds.None,
        Measure = set =>
        {
            double[] own = [.. TrainingNeighbors.Of(set, Name, LeastTraining).Ratios], known = [.. TrainingNeighbors.OfUnseen(set, Name).Ratios.Order()];
            return Measurement.OfEach(tensor(Each(own, known, Rank(known)), device: set.Points.device)) with { Beside = ErrorOfLimit(own, known) };
        },
    };

    /// <summary>The share, 0 to 1.</summary>
    /// <param name="samples">[N, D] float32 or float64, N at least 1.</param>
    /// <param name="training">[T, D] the points that the generator was trained on, T at least 2.</param>
    /// <param name="unseen">[U, D] real points that it never saw, U at least 1.</param>
    /// <exception cref="ArgumentException">The points differ in size.</exception>
    /// <exception cref="InputException">There are too few points, or a value is not finite.</exception>
    public static double Share(Tensor samples, Tensor training, Tensor unseen)
    {
        double[] own = [.. new TrainingNeighbors(samples, training, Name, LeastTraining).Ratios], known = [.. new TrainingNeighbors(unseen, training, Name).Ratios.Order()];
        return Each(own, known, Rank(known)).Average();
    }

    /// <summary>
    /// How far the share moves with the limit, the unseen point of rank k from the lowest: over repetitions the points up to it are some sqrt(k) more or fewer, and the share moves by
    /// as much as between the ranks that are so far off.
    /// </summary>
    private static double ErrorOfLimit(double[] own, double[] known)
    {
        int rank = Rank(known), deviation = (int)Math.Ceiling(Math.Sqrt(rank + 1));
        int low = Math.Max(0, rank - deviation), high = Math.Min(known.Length - 1, rank + deviation);
        return high > low ? (Each(own, known, high).Average() - Each(own, known, low).Average()) * Math.Sqrt(rank + 1) / (high - low) : double.NaN;
    }

    /// <summary>1 of each sample whose ratio is at most that of the unseen point of a rank, counted from the lowest, 0 of the others.</summary>
    private static double[] Each(double[] own, double[] known, int rank) => [.. own.Select(ratio => ratio <= known[rank] ? 1.0 : 0)];

    private static int Rank(double[] known) => Math.Max(0, known.Length / UnseenPerOne - 1);
}
