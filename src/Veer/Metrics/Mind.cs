namespace Veer.Metrics;

/// <summary>
/// `mind` (arXiv 2605.06797): 3 D times the squared <see cref="SlicedWasserstein"/> distance along 1,000 directions. In the unit of the points
/// squared; a shift by d gives 3 |d|². Unlike a Fréchet distance it sees more than two moments, and it takes far fewer samples and less time.
/// </summary>
/// <remarks>In one and two dimensions the directions are not random, in more they are those of <see cref="SlicedWasserstein"/> of the same seed.</remarks>
public static class Mind
{
    /// <summary>Directions, as in the paper.</summary>
    private const int Directions = 1000;

    /// <summary>As studies measure it.</summary>
    public static Metric Metric { get; } = new(
        "mind", "MIND", MetricDirection.Lower,
        "Mean squared difference of sorted one-dimensional projections, times three times the number of dimensions.")
    {
        Source = "MIND, arXiv 2605.06797",
        Needs = MetricNeeds.Features,
        Default = SampleKinds.None,
        Measure = set => new(Distance(set.Points, set.Real.Points, set.Real.IsSubset ? SlicedWasserstein.FewDirections : Directions, set.Real.Seed)),
    };

    /// <summary>The distance, of sets of equal size or not.</summary>
    /// <param name="samples">[N, D] float32 or float64.</param>
    /// <param name="reference">[M, D].</param>
    /// <param name="seed">Draws the directions in three and more dimensions.</param>
    /// <exception cref="ArgumentException">The points differ in size.</exception>
    /// <exception cref="InputException">A set is empty or a value is not finite.</exception>
    public static double Distance(Tensor samples, Tensor reference, long seed = 0) => Distance(samples, reference, Directions, seed);

    private static double Distance(Tensor samples, Tensor reference, int directions, long seed)
    {
        PointSets.Check(samples, reference, Metric.Name);
        return 3 * samples.shape[1] * SlicedWasserstein.Squared(samples, reference, directions, seed);
    }
}
