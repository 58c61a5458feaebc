namespace Veer.Metrics;

/// <summary>
/// `coverage` (Naeem et al., arXiv 2002.09797, Eq. 4): the share of real points whose ball, which reaches the k-th nearest other real point, holds a
/// sample at least.
/// </summary>
/// <remarks>
/// Of M real points and N samples of one distribution it is 1 - (M - 1)! (N + M - k - 1)! / ((M - k - 1)! (N + M - 1)!) on average: the chance that none
/// of the N comes among the k nearest of all. With N = M large that is 1 - 2^-k, 0.97 for k = 5.
/// </remarks>
public static class NeighborCoverage
{
    private const string Name = "coverage";

    /// <summary>As it is measured where it is named.</summary>
    public static Metric Metric { get; } = new(
        Name, "Coverage", MetricDirection.Higher,
        "Share of real points with a sample at least as near as their k-th nearest other real point.")
    {
        IsShare = true,
        HangsOn = CountDependence.Ratio,
        Source = "Naeem et al., arXiv 2002.09797",
        Parameters = $"k = {NeighborDensity.DefaultNeighbors}",
        Needs = MetricNeeds.Features,
        Default = SampleKinds.None,
        LeastSamples = NeighborDensity.DefaultNeighbors + 1,
        Measure = set => new(From(NeighborGeometry.OfBalls(set, Name))),
    };

    /// <summary>The coverage, 0 to 1.</summary>
    /// <inheritdoc cref="NeighborDensity.Compute"/>
    public static double Compute(Tensor samples, Tensor reference, int neighbors = NeighborDensity.DefaultNeighbors) =>
        From(NeighborGeometry.Of(samples, reference, neighbors, Name));

    private static double From(NeighborGeometry geometry) => (double)geometry.Within.Count(held => held > 0) / geometry.Within.Count;
}
