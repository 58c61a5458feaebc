using Veer.Data;
using Veer.Features;
using Veer.Metrics;

namespace Veer.Evaluation;

/// <summary>Brings every set where distributions are compared, once.</summary>
internal sealed class Seeing
{
    /// <summary>The share of the time that looking at images takes, about.</summary>
    private const double Looking = 0.3;

    private readonly IFeatureSpace? space;
    private readonly bool images, looksAtImages;
    private readonly IProgress<(double Fraction, string Detail)>? progress;
    private readonly CancellationToken cancellation;
    private readonly long total;
    private readonly int classes;
    private long seen;

    public Seeing(
        LabeledData reference, EvaluationOptions options, IReadOnlyList<Metric> metrics, IProgress<(double Fraction, string Detail)>? progress, long total, CancellationToken cancellation)
    {
        (space, this.progress, this.cancellation, this.total, classes) = (options.Space, progress, cancellation, total, reference.Classes);
        images = reference.Points.dim() == 4;
        looksAtImages = metrics.Any(metric => metric.Needs.HasFlag(MetricNeeds.Points));
        if (!images && space is not null) throw new InputException("evaluation", "features", $"'{space.Name}'", "none: the samples are no images");
        Share = images && space is not null ? Looking : 0;
    }

    /// <summary>The share of the whole that this is.</summary>
    public double Share { get; }

    /// <summary>A set, its labels counted as the reference's are.</summary>
    public Body Of(string name, LabeledData data)
    {
        cancellation.ThrowIfCancellationRequested();
        if (data.Classes > 1 && classes > 1) data = data with { Classes = classes };
        var points = !images ? data.Points : space is null ? ImageQuantization.Apply(data.Points).flatten(1) : space.Features(data.Points, Part(name, data.Count), cancellation).cpu();
        seen += data.Count;
        var body = new Body(data, points);
        return looksAtImages ? body : body.Alone;
    }

    private SynchronousProgress<double>? Part(string name, long count) =>
        progress is null ? null : new(share => progress.Report((Share * (seen + share * count) / total, $"features of {name}")));
}
