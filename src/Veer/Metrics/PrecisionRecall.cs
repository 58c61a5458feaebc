namespace Veer.Metrics;

/// <summary>
/// `precision` and `recall` (Kynkäänniemi et al., arXiv 1904.06991). A set's manifold is the union of balls around its points, each of
/// them reaching its point's k-th nearest neighbour. Precision is the share of samples in the manifold of the reference: how many look
/// real. Recall is the share of the reference in the manifold of the samples: how much of what is real they cover.
/// </summary>
/// <param name="Precision">0 to 1.</param>
/// <param name="Recall">0 to 1.</param>
/// <param name="Neighbors">k.</param>
public readonly record struct PrecisionRecall(double Precision, double Recall, int Neighbors)
{
    /// <summary>k, unless said otherwise.</summary>
    public const int DefaultNeighbors = 3;

    /// <summary>Precision, as studies measure it.</summary>
    public static Metric PrecisionMetric { get; } = Share(
        "precision", "Precision", "Share of samples inside the real data's manifold estimate.", CountDependence.Real, both => both.Precision);

    /// <summary>Recall, as studies measure it.</summary>
    public static Metric RecallMetric { get; } = Share(
        "recall", "Recall", "Share of real data inside the samples' manifold estimate.", CountDependence.Samples, both => both.Recall);

    /// <summary>Both shares, exact: what is at just a radius is inside. Each hangs on the size of the set whose manifold it is.</summary>
    /// <param name="samples">[N, D], N above k.</param>
    /// <param name="reference">[M, D], M above k.</param>
    /// <param name="neighbors">k, at least 1.</param>
    /// <exception cref="ArgumentException">The features differ in size.</exception>
    /// <exception cref="InputException">A set has no more than k rows, or a value is not finite.</exception>
    public static PrecisionRecall Compute(Tensor samples, Tensor reference, int neighbors = DefaultNeighbors) =>
        From(NeighborGeometry.Of(samples, reference, neighbors, PrecisionMetric.Name));

    private static Metric Share(string name, string title, string meaning, CountDependence manifold, Func<PrecisionRecall, double> share) => new(name, title, MetricDirection.Higher, meaning)
    {
        IsShare = true,
        HangsOn = manifold,
        Source = "Kynkäänniemi et al., arXiv 1904.06991",
        Parameters = $"k = {DefaultNeighbors}",
        Needs = MetricNeeds.Features,
        Default = SampleKinds.Images,
        LeastSamples = DefaultNeighbors + 1,
        Measure = set => new(share(From(NeighborGeometry.Of(set, name)))),
    };

    private static PrecisionRecall From(NeighborGeometry geometry) =>
        new(Share(geometry.ManifoldAround), Share(geometry.ManifoldAroundReal), geometry.Reference.Manifold);

    private static double Share(IReadOnlyList<int> balls) => (double)balls.Count(held => held > 0) / balls.Count;
}
