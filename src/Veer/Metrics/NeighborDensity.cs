namespace Veer.Metrics;

/// <summary>
/// `density` (Naeem et al., arXiv 2002.09797, Eq. 3): around every real point lies a ball that reaches its k-th nearest other real point; how many of
/// these balls a sample lies in on average, divided by k. Of samples of the real distribution it is about 1; it may be greater.
/// </summary>
/// <remarks>A point at just the radius is inside, as of <see cref="PrecisionRecall"/>, so that copies of points are in balls of no radius.</remarks>
public static class NeighborDensity
{
    /// <summary>k, unless said otherwise: of the coverage and of the clipped pair too.</summary>
    public const int DefaultNeighbors = 5;

    private const string Name = "density";

    /// <summary>As it is measured where it is named.</summary>
    public static Metric Metric { get; } = new(
        Name, "Density", MetricDirection.Higher,
        "How many balls around real points, each reaching the k-th nearest other one, a sample lies in on average, divided by k; about 1 of real data, and not bounded by it.")
    {
        Source = "Naeem et al., arXiv 2002.09797",
        Parameters = $"k = {DefaultNeighbors}",
        HangsOn = CountDependence.None,
        Needs = MetricNeeds.Features,
        Default = SampleKinds.None,
        LeastSamples = DefaultNeighbors + 1,
        Measure = set => new(From(NeighborGeometry.OfBalls(set, Name))),
    };

    /// <summary>The density, at least 0.</summary>
    /// <param name="samples">[N, D], N above k.</param>
    /// <param name="reference">[M, D], M above k.</param>
    /// <param name="neighbors">k, at least 1.</param>
    /// <exception cref="ArgumentException">The points differ in size.</exception>
    /// <exception cref="InputException">A set has no more than k rows, or a value is not finite.</exception>
    public static double Compute(Tensor samples, Tensor reference, int neighbors = DefaultNeighbors) =>
        From(NeighborGeometry.Of(samples, reference, neighbors, Name));

    private static double From(NeighborGeometry geometry) => geometry.Around.Average() / geometry.Balls;
}
