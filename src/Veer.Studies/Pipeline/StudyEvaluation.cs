using System.Globalization;
using Veer.Data;
using Veer.Features;
using Veer.Metrics;
using Veer.Studies.Runs;
using Veer.Studies.Settings;

namespace Veer.Studies.Pipeline;

/// <summary>What was measured.</summary>
/// <param name="Rows">The numbers of the set.</param>
/// <param name="Each">What is known of each sample by itself: arrays [N] by what comes behind the stage in their names; empty where nothing is.</param>
internal sealed record Measured(IReadOnlyList<ResultRow> Rows, IReadOnlyDictionary<string, Tensor> Each);

/// <summary>
/// Measures samples by every metric that a study wants. Points are compared with held-out real ones of their own class, and their number over
/// all classes is the mean over samples; images are compared over all classes, in features.
/// </summary>
internal sealed class StudyEvaluation : IDisposable
{
    private readonly StudyData data;
    private readonly EvaluationSettings settings;
    private readonly long seed;
    private readonly IReadOnlyList<Metric> metrics;
    private readonly ImageFeatures? images;

    /// <summary>One of each class, or one of all.</summary>
    private readonly MetricReference[] heldOut, train;

    public StudyEvaluation(RunContext context)
    {
        (data, settings, seed) = (context.Data, context.Settings.Evaluation, context.Run.Seed);
        metrics = Metrics(context.Study, data);
        bool chooses = context.Settings.ChoosesStrengths;
        if (data.IsImages) images = new(context, needed: chooses || Needs(metrics).HasFlag(MetricNeeds.Features));
        heldOut = images is null ? ByClass(data.HeldOut) : [Reference(data.HeldOut, images.Reference)];
        train = !chooses ? [] : images is null ? ByClass(data.Train) : images.IsToTrain ? heldOut : [Reference(data.Train, images.Of(data.Train))];
    }

    /// <summary>What the numbers rest on, where it is more than the points themselves.</summary>
    public IReadOnlyDictionary<string, string>? Fingerprint => images?.Fingerprint;

    /// <summary>The metrics that a study names; all that its data allow and that are usual for them, where it names none.</summary>
    /// <exception cref="InputException">The data do not allow one that it names.</exception>
    public static IReadOnlyList<Metric> Metrics(Study study, StudyData data)
    {
        var known = MetricNeeds.Points | MetricNeeds.Features;
        if (data.Truth is not null) known |= MetricNeeds.Truth;
        if (data.Train.Classes > 1) known |= MetricNeeds.Classes;
        if (data.IsJudged) known |= MetricNeeds.Classifier;
        if (!data.IsImages && data.Dimensions == 1) known |= MetricNeeds.Line;
        var allowed = MetricRegistry.For(known).ToList();
        if (study.Settings.Evaluation.Metrics is not { } names)
            return [.. allowed.Where(metric => metric.Default.HasFlag(data.IsImages ? SampleKinds.Images : SampleKinds.Points))];
        string? other = names.FirstOrDefault(name => allowed.All(metric => metric.Name != name));
        if (other is not null)
            throw new InputException(study.Path, "evaluation.metrics", $"'{other}'", $"one that these data allow: {string.Join(", ", allowed.Select(metric => metric.Name))}");
        return [.. allowed.Where(metric => names.Contains(metric.Name))];
    }

    /// <summary>Every number of one set of samples, per class where that makes sense and over all classes.</summary>
    public Measured Measure(string guidance, double scale, string stage, LabeledData samples)
    {
        using var scope = NewDisposeScope();
        var seen = images?.See(samples, Needs(metrics) | MetricNeeds.Classifier);
        return new([.. Rows(guidance, scale, stage, metrics, Sets(samples, heldOut, seen))], images?.OfEach(seen!, samples) ?? new Dictionary<string, Tensor>());
    }

    /// <summary>What real points that are no samples come to, measured like samples: the floor of each number.</summary>
    /// <remarks>
    /// Of images each from those that it was not made of: the reference of a distribution is compared with images of the other split, and the
    /// judge is asked about images that it was not trained on.
    /// </remarks>
    public IReadOnlyList<ResultRow> Floor()
    {
        using var scope = NewDisposeScope();
        return [.. metrics.GroupBy(Second, ReferenceEqualityComparer.Instance).SelectMany(group =>
        {
            var real = (LabeledData)group.Key!;
            return Rows("none", 0, "real", group, Sets(real, heldOut, images?.See(real, Needs(group))));
        })];

        LabeledData Second(Metric metric) => images is null ? data.Second
            : metric.Needs.HasFlag(MetricNeeds.Classifier) ? data.HeldOut
            : metric.Needs.HasFlag(MetricNeeds.Features) ? images.Other : data.Second;
    }

    /// <summary>Where images are compared; null for other points, which are compared as they are.</summary>
    public IFeatureSpace? Space => images?.Space;

    /// <summary>What the strength of a postprocessor is chosen by.</summary>
    public Metric StrengthMetric => images is null ? SlicedWasserstein.Metric : FrechetDistance.Metric;

    /// <summary>How far samples are from the training points: what the strength of a postprocessor is chosen by, so that held-out points stay unseen.</summary>
    public double DistanceToTraining(LabeledData samples)
    {
        using var scope = NewDisposeScope();
        return Numbers(StrengthMetric, Sets(samples, train, images?.See(samples, StrengthMetric.Needs))).Last().Value;
    }

    /// <summary>Frees what metrics prepared of the real points.</summary>
    public void Dispose()
    {
        images?.Dispose();
        foreach (var real in heldOut.Concat(train)) real.Dispose();
    }

    private static MetricNeeds Needs(IEnumerable<Metric> metrics) => metrics.Aggregate(MetricNeeds.None, (needs, metric) => needs | metric.Needs);

    private MetricReference[] ByClass(LabeledData real)
    {
        var whole = Reference(real, real.Points);
        return [.. Enumerable.Range(0, real.Classes).Select(whole.OfClass)];
    }

    private MetricReference Reference(LabeledData real, Tensor? points) => new(real)
    {
        Points = points ?? real.Points.flatten(1),
        Truth = data.Truth,
        Directions = settings.Projections,
        MatchedPoints = settings.AssignmentPoints,
        Seed = seed,
    };

    private static IReadOnlyList<MetricSet> Sets(LabeledData samples, MetricReference[] references, SeenImages? seen)
    {
        if (seen is not null) return [new(samples, references[0]) { Points = seen.Features ?? samples.Points.flatten(1), Seen = seen.Classes, Margins = seen.Margins }];
        return [.. from real in references
                   let points = samples.OfClass(real.Label!.Value)
                   where points.shape[0] > 0
                   select new MetricSet(new(points, full([points.shape[0]], real.Label!.Value, ScalarType.Int64), samples.Classes), real)];
    }

    private static IEnumerable<ResultRow> Rows(string guidance, double scale, string stage, IEnumerable<Metric> metrics, IReadOnlyList<MetricSet> sets) =>
        from metric in metrics
        from number in Numbers(metric, sets)
        select new ResultRow(guidance, scale, number.Class, stage, metric.Name, number.Value);

    private static IEnumerable<(string Class, double Value)> Numbers(Metric metric, IReadOnlyList<MetricSet> sets)
    {
        if (sets is [{ Real.Label: null } whole])
        {
            var found = metric.Measure!(whole);
            return found.Each is null ? [(ClassMeans.All, found.Value)] : ClassMeans.Of(found.Each, whole.Samples);
        }
        var numbers = sets.Select(set => (Label: set.Real.Label!.Value, set.Samples.Count, metric.Measure!(set).Value)).ToList();
        // over all classes: the mean over samples, each measured within its own class
        double count = numbers.Sum(number => number.Count), total = numbers.Aggregate(0.0, (sum, number) => sum + number.Value * number.Count / count);
        return [.. numbers.Select(number => (number.Label.ToString(CultureInfo.InvariantCulture), number.Value)), (ClassMeans.All, total)];
    }
}
