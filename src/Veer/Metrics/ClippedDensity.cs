namespace Veer.Metrics;

/// <summary>
/// `clipped-density` (Salvy et al., arXiv 2507.01761): <see cref="NeighborDensity"/> that a few cannot carry. Radii end at their median, so that no
/// outlier has a large ball; a sample counts for min(balls it lies in / k, 1), so that none makes up for bad ones; and the mean is divided by what real points
/// reach, each in the balls of the others, so that it falls in proportion to the share of bad samples. At most 1.
/// </summary>
public static class ClippedDensity
{
    private const string Name = "clipped-density";

    /// <summary>As it is measured where it is named.</summary>
    public static Metric Metric { get; } = new(
        Name, "Clipped density", MetricDirection.Higher,
        "Density with radii of at most their median and no sample counted for more than 1, as a share of what real data reach: the share of samples that look real.")
    {
        IsShare = true,
        Source = "Salvy et al., arXiv 2507.01761",
        Parameters = $"k = {NeighborDensity.DefaultNeighbors}",
        HangsOn = CountDependence.None,
        Needs = MetricNeeds.Features,
        Default = SampleKinds.None,
        LeastSamples = NeighborDensity.DefaultNeighbors + 1,
        Measure = set => new(From(NeighborGeometry.OfBalls(set, Name))),
    };

    /// <summary>The clipped density, 0 to 1.</summary>
    /// <inheritdoc cref="NeighborDensity.Compute"/>
    public static double Compute(Tensor samples, Tensor reference, int neighbors = NeighborDensity.DefaultNeighbors) =>
        From(NeighborGeometry.Of(samples, reference, neighbors, Name));

    // the nearest other point of the smallest ball is in it: what real points reach is above 0
    private static double From(NeighborGeometry geometry) =>
        Math.Min(Mean(geometry.AroundClipped, geometry.Balls) / Mean(geometry.Reference.AroundOthers, geometry.Balls), 1);

    private static double Mean(IReadOnlyList<int> balls, int k) => balls.Average(held => Math.Min(held, k)) / k;
}
