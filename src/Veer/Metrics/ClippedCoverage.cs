namespace Veer.Metrics;

/// <summary>
/// `clipped-coverage` (Salvy et al., arXiv 2507.01761): every real point's ball, which reaches its k-th nearest other real point, counts for
/// min(samples it holds / k, 1); of the mean over the balls it says how many samples of the real distribution would reach it, as a share of all samples. So it falls in
/// proportion to the share of bad samples. At most 1.
/// </summary>
/// <remarks>
/// How many samples a ball holds does not depend on the distribution, if it is continuous: order the M - 1 other real points and n samples by their distance from the
/// centre. All orders are equally likely, and J samples come before the k-th real one: the share of the distribution in the ball is Beta(k, M - k), and J beta-binomial,
/// P(0) = Π (M - k + i) / (M - k + i + n) over i = 0 to k - 1, P(j + 1) / P(j) = (n - j) (k + j) / ((j + 1) (n + M - k - j - 1)).
/// So the mean of min(J / k, 1) is f(n) = 1 - Σ (1 - j / k) P(j) over j = 0 to k - 1, which grows with n. The score is n / N where f(n) is what was found, f a straight line between whole numbers.
/// </remarks>
public static class ClippedCoverage
{
    private const string Name = "clipped-coverage";

    /// <summary>As it is measured where it is named.</summary>
    public static Metric Metric { get; } = new(
        Name, "Clipped coverage", MetricDirection.Higher,
        "How many samples of the real distribution would fill the balls around real points, up to k each, as well, as a share of all samples.")
    {
        IsShare = true,
        HangsOn = CountDependence.Ratio,
        Source = "Salvy et al., arXiv 2507.01761",
        Parameters = $"k = {NeighborDensity.DefaultNeighbors}",
        Needs = MetricNeeds.Features,
        Default = SampleKinds.None,
        LeastSamples = NeighborDensity.DefaultNeighbors + 1,
        Measure = set => new(From(NeighborGeometry.OfBalls(set, Name))),
    };

    /// <summary>The clipped coverage, 0 to 1.</summary>
    /// <inheritdoc cref="NeighborDensity.Compute"/>
    public static double Compute(Tensor samples, Tensor reference, int neighbors = NeighborDensity.DefaultNeighbors) =>
        From(NeighborGeometry.Of(samples, reference, neighbors, Name));

    /// <summary>f(n): the mean of min(J / k, 1) of n samples of the real distribution.</summary>
    /// <param name="samples">n, at least 0.</param>
    /// <param name="real">M, above k.</param>
    /// <param name="neighbors">k.</param>
    internal static double Expected(int samples, int real, int neighbors)
    {
        double chance = 1, missing = 0;
        for (int i = 0; i < neighbors; i++) chance *= (double)(real - neighbors + i) / (real - neighbors + i + samples);
        for (int j = 0; j < neighbors; j++)
        {
            missing += (1 - (double)j / neighbors) * chance;
            chance *= (double)(samples - j) / (j + 1) * (neighbors + j) / Math.Max(samples + real - neighbors - j - 1, 1);
        }
        return 1 - missing;
    }

    private static double From(NeighborGeometry geometry)
    {
        int k = geometry.Balls, real = geometry.Within.Count;
        return Share(geometry.Within.Average(held => Math.Min(held, k)) / k, geometry.Around.Count, real, k);
    }

    /// <summary>The share of samples n / N for which f(n) is the value found.</summary>
    internal static double Share(double found, int samples, int real, int neighbors)
    {
        if (found >= Expected(samples, real, neighbors)) return 1;
        int low = 0, high = samples;
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            if (Expected(middle, real, neighbors) <= found) low = middle;
            else high = middle;
        }
        double below = Expected(low, real, neighbors), above = Expected(high, real, neighbors);
        return (low + (found - below) / (above - below)) / samples;
    }
}
