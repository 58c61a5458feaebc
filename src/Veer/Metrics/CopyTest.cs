namespace Veer.Metrics;

/// <summary>
/// `ct`: the C_T of Meehan et al. (arXiv 2004.05675): whether samples lie nearer to training points than real points do that the generator never
/// saw, as the z-score of the Mann-Whitney test between both sets' distances to the nearest training point. Far below 0 the generator copies,
/// far above it underfits; the unseen points' own distribution gives 0, give or take 1.
/// </summary>
/// <remarks>
/// The whole space is one cell, and points are compared as they are, where the paper averages over the cells of a clustering and some programs first
/// project to principal components. Ties count half, and narrow the deviation as usual; no correction for continuity. The score grows with
/// the root of the numbers of points: compare it only at equal ones.
/// </remarks>
public static class CopyTest
{
    private const string Name = "ct";

    /// <summary>As it is measured where the training points are known.</summary>
    public static Metric Metric { get; } = new(
        Name, "Copying test C_T", MetricDirection.Neither,
        "z-score of samples' distances to the nearest training point among those of unseen real points; far below 0: copies.")
    {
        Source = "Meehan et al., arXiv 2004.05675",
        Needs = MetricNeeds.Features | MetricNeeds.Training,
        Default = SampleKinds.None,
        Measure = set => new(Score(TrainingNeighbors.Of(set, Name), TrainingNeighbors.OfUnseen(set, Name)), Error: 1),
    };

    /// <summary>The z-score; 0 where all distances are equal.</summary>
    /// <param name="samples">[N, D] float32 or float64, N at least 1.</param>
    /// <param name="training">[T, D] the points that the generator was trained on, T at least 1.</param>
    /// <param name="unseen">[U, D] real points that it never saw, U at least 1.</param>
    /// <exception cref="ArgumentException">The points differ in size.</exception>
    /// <exception cref="InputException">A set is empty, or a value is not finite.</exception>
    public static double Score(Tensor samples, Tensor training, Tensor unseen) =>
        Score(new(samples, training, Name), new TrainingNeighbors(unseen, training, Name));

    private static double Score(TrainingNeighbors samples, TrainingNeighbors unseen) => MannWhitney([.. samples.Squared], [.. unseen.Squared]);

    /// <summary>How far the first values lie above the second, in standard deviations of their rank sum under equal distributions.</summary>
    private static double MannWhitney(double[] mine, double[] theirs)
    {
        double n = mine.Length, m = theirs.Length, all = n + m;
        double below = 0, sum = 0, ties = 0;
        foreach (var group in mine.Select(value => (value, isMine: true)).Concat(theirs.Select(value => (value, isMine: false)))
            .GroupBy(pair => pair.value, pair => pair.isMine).OrderBy(group => group.Key))
        {
            double count = group.Count(), own = group.Count(isMine => isMine);
            sum += own * (below + (count + 1) / 2);
            ties += count * (count * count - 1);
            below += count;
        }
        double above = sum - n * (n + 1) / 2, variance = n * m / 12 * (all + 1 - ties / (all * (all - 1)));
        return variance <= 0 ? 0 : (above - n * m / 2) / Math.Sqrt(variance);
    }
}
