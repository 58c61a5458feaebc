using Veer.Studies.Runs;

namespace Veer.Studies.Reporting;

/// <summary>The rows of results.json, found by what they are about.</summary>
internal sealed class ResultTable
{
    private readonly Dictionary<(string Guidance, double Scale, string Class, string Stage, string Metric), double> values = [];
    private readonly ILookup<string, ResultRow> generated;

    public ResultTable(Results results)
        : this(results.Rows, results.Fingerprint) { }

    /// <param name="rows">Every number.</param>
    /// <param name="fingerprint">How images were measured, part by part.</param>
    public ResultTable(IReadOnlyList<ResultRow> rows, IReadOnlyDictionary<string, string>? fingerprint = null)
    {
        Space = fingerprint?.GetValueOrDefault("features") is { } features ? $"the features of {features}" : "the evaluation classifier’s features";
        var reference = ImageReference.Parse(fingerprint?.GetValueOrDefault("reference"));
        IsToTrain = reference is { IsToTrain: true };
        Reference = reference is { IsLossy: true } ? "real images of the JPEG reference" : IsToTrain ? "training images" : "held-out real images";
        foreach (var row in rows) values[(row.Guidance, row.Scale, row.Class, row.Stage, row.Metric)] = row.Value ?? double.NaN;
        generated = rows.Where(row => row.Stage != Stages.Real).ToLookup(row => row.Guidance);
        Guidances = [.. generated.Select(group => group.Key)];
        StageNames = Stages.InOrder(generated.SelectMany(group => group).Select(row => row.Stage));
        AllScales = Ascending(generated.SelectMany(group => group));
        Classes = [.. rows.Select(row => row.Class).Distinct().OrderBy(name => int.TryParse(name, Text.Invariant, out int number) ? number : int.MaxValue).ThenBy(name => name, StringComparer.Ordinal)];
        Metrics = [.. rows.Select(row => MetricInfo.Of(row.Metric)).DistinctBy(metric => metric.Name).OrderBy(metric => metric.Rank).ThenBy(metric => metric.Name, StringComparer.Ordinal)];
        Scaling = Metrics.ToDictionary(metric => metric.Name, metric => MetricScale.For(metric, rows.Where(row => row.Metric == metric.Name).Select(row => row.Value ?? double.NaN)));
    }

    /// <summary>In what images were measured, in words.</summary>
    public string Space { get; }

    /// <summary>Whether images were measured against training images.</summary>
    public bool IsToTrain { get; }

    /// <summary>What images were measured against, in words.</summary>
    public string Reference { get; }

    /// <summary>In the order of the results, which is the study's.</summary>
    public IReadOnlyList<string> Guidances { get; }

    /// <summary>The scales of all guidances, ascending.</summary>
    public IReadOnlyList<double> AllScales { get; }

    /// <summary>The stages of generated samples, of all guidances; "real" is the floor and stands apart.</summary>
    public IReadOnlyList<string> StageNames { get; }

    /// <summary>Numbered classes in order, "all" last.</summary>
    public IReadOnlyList<string> Classes { get; }

    public IReadOnlyList<MetricInfo> Metrics { get; }

    /// <summary>One unit per metric over the whole report, so that numbers can be compared across tables.</summary>
    public IReadOnlyDictionary<string, MetricScale> Scaling { get; }

    public bool HasFloor => values.Keys.Any(key => key.Stage == Stages.Real);

    /// <summary>The stages of one guidance: a postprocessor need not serve all.</summary>
    public IReadOnlyList<string> StagesOf(string guidance) => Stages.InOrder(generated[guidance].Select(row => row.Stage));

    /// <summary>The scales of one guidance, ascending.</summary>
    public IReadOnlyList<double> ScalesOf(string guidance) => Ascending(generated[guidance]);

    public bool Has(string metric) => Scaling.ContainsKey(metric);

    public double? Find(string guidance, double scale, string className, string stage, string metric) =>
        values.TryGetValue((guidance, scale, className, stage, metric), out double value) ? value : null;

    public double? Floor(string className, string metric) => Find("none", 0, className, Stages.Real, metric);

    /// <summary>Whether a chart can show a number: axes of larger ones overflow.</summary>
    public static bool CanDraw(double value) => Math.Abs(value) < 1e100;

    /// <summary>The scales at which a stage has a value of a metric that can be drawn, with it, in ascending order.</summary>
    public IReadOnlyList<(double Scale, double Value)> Curve(string guidance, string className, string stage, string metric) =>
        [.. from scale in ScalesOf(guidance)
            let value = Find(guidance, scale, className, stage, metric)
            where value is not null && CanDraw(value.Value)
            select (scale, value.Value)];

    private static IReadOnlyList<double> Ascending(IEnumerable<ResultRow> some) => [.. some.Select(row => row.Scale).Distinct().Order()];
}
