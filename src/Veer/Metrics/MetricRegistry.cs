namespace Veer.Metrics;

/// <summary>Every metric. A new one is its own file, and a line here.</summary>
public static class MetricRegistry
{
    /// <summary>In the order in which tables show them.</summary>
    public static Registry<Metric> All { get; } = new(
        "metric",
        NearestDistance.Metric,
        Wasserstein.Metric,
        SlicedWasserstein.Metric,
        Wasserstein.LineMetric,
        DensityMetrics.OffClassMetric,
        NeighborOffClass.Metric,
        DensityMetrics.OutlierMetric,
        DensityMetrics.LogDensityMetric,
        LabelAgreement.Metric,
        ClassMargin.Metric,
        FrechetDistance.Metric,
        FrechetInfinity.Metric,
        KernelDistance.Metric,
        Mind.Metric,
        PrecisionRecall.PrecisionMetric,
        PrecisionRecall.RecallMetric,
        NeighborDensity.Metric,
        NeighborCoverage.Metric,
        ClippedDensity.Metric,
        ClippedCoverage.Metric,
        EnergyDistance.Metric,
        AuthenticShare.Metric,
        CopyTest.Metric,
        NeighborRatio.Metric,
        MemorizationRatio.Metric,
        RunMetrics.BoundaryDistance,
        RunMetrics.BoundaryLeastDistance,
        RunMetrics.Bend,
        RunMetrics.Seconds,
        RunMetrics.Strength,
        RunMetrics.Evaluations);

    /// <summary>Those by which samples can be measured: the rest, a run tells by itself.</summary>
    public static IEnumerable<Metric> Measurable => All.Where(metric => metric.Measure is not null);

    /// <summary>Those that data allow.</summary>
    /// <param name="known">What is known of the data and samples.</param>
    public static IEnumerable<Metric> For(MetricNeeds known) => Measurable.Where(metric => (metric.Needs & ~known) == 0);
}
