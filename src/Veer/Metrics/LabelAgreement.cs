namespace Veer.Metrics;

/// <summary>`label-agreement`: how often a classifier sees in a sample the class that it was asked for.</summary>
public static class LabelAgreement
{
    /// <summary>As studies measure it.</summary>
    public static Metric Metric { get; } = new("label-agreement", "Label agreement", MetricDirection.Higher, "Share of samples in which the evaluation classifier (“judge”) sees the class that was asked for.")
    {
        IsShare = true,
        HangsOn = CountDependence.None,
        Needs = MetricNeeds.Points | MetricNeeds.Classifier,
        Evaluated = SampleKinds.None,
        Measure = set => Measurement.OfEach((set.Seen ?? throw new ArgumentException("label agreement wants the classes that a classifier sees", nameof(set))).eq(set.Samples.Labels)),
    };
}
