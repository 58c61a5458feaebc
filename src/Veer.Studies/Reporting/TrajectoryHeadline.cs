namespace Veer.Studies.Reporting;

/// <summary>What guidance does to trajectories, in words: from the smallest scale to the largest, and beside the closed form.</summary>
internal sealed class TrajectoryHeadline(ResultTable table, StudyNotes study, string guidance)
{
    /// <summary>A change smaller than this is called none.</summary>
    private const double Unchanged = 1.03;

    private static readonly (string Metric, string Words)[] TwinWords =
    [
        (MetricInfo.BoundaryDistance, "a mean distance to the boundary of"), (MetricInfo.Bend, "a bend of"), (MetricInfo.Wasserstein1, "a Wasserstein-1 of"),
    ];

    /// <summary>The sentences; empty where there are no two scales to compare.</summary>
    public string Paragraph() => string.Join(" ", ((string?[])[Growth(), Twin()]).OfType<string>());

    private string? Growth()
    {
        if (Curve(MetricInfo.BoundaryDistance) is not { Count: > 1 } curve) return GrowthOf(MetricInfo.Bend) ?? GrowthOf(MetricInfo.Wasserstein1);
        var (first, last) = (curve[0], curve[^1]);
        string least = Ends(MetricInfo.BoundaryLeastDistance) is { } ends ? $" (least distance: from {ends})" : "";
        string[] more = [.. ((string?[])[Change("paths’ bend", MetricInfo.Bend), Change("Wasserstein-1 to the true distribution", MetricInfo.Wasserstein1)]).OfType<string>()];
        return $"From w = {Text.Scale(first.Scale)} to w = {Text.Scale(last.Scale)} the mean distance of the trajectories to the decision boundary "
            + $"{Verb(first.Value, last.Value)} {Path(MetricInfo.BoundaryDistance, first.Value, last.Value)}{Wavering(curve)}{least}"
            + $"{string.Concat(more.Select(part => "; " + part))}.";
    }

    private string? GrowthOf(string metric) =>
        Curve(metric) is { Count: > 1 } curve && Change(Name(metric), metric) is { } change
            ? $"From w = {Text.Scale(curve[0].Scale)} to w = {Text.Scale(curve[^1].Scale)} {change}." : null;

    private static string Name(string metric) => metric == MetricInfo.Bend ? "the paths’ bend" : "Wasserstein-1 to the true distribution";

    /// <summary>The learned guidance beside the closed form of the same kind, at the largest scale that both have.</summary>
    private string? Twin()
    {
        if (study.TwinOf(guidance, table.Guidances) is not { } twin) return null;
        var shared = table.ScalesOf(guidance).Intersect(table.ScalesOf(twin)).ToList();
        if (shared.Count == 0) return null;
        double scale = shared.Max();
        string[] parts =
        [
            .. TwinWords.Select(entry => (entry.Metric, entry.Words, Mine: At(guidance, entry.Metric), Other: At(twin, entry.Metric)))
                .Where(entry => entry.Mine is not null && entry.Other is not null)
                .Select(entry => $"{entry.Words} {Show(entry.Metric, entry.Other!.Value)} (here {Show(entry.Metric, entry.Mine!.Value)})"),
        ];
        return parts.Length == 0 ? null
            : $"At w = {Text.Scale(scale)} the closed form of the same kind, {twin}, has {Text.Enumerate(parts)}: the difference is what learned models add.";

        double? At(string name, string metric) =>
            table.Find(name, scale, "all", Stages.Before, metric) is { } value && double.IsFinite(value) ? value : null;
    }

    private string? Change(string what, string metric) => Curve(metric) is { Count: > 1 } curve
        ? $"{what} {Verb(curve[0].Value, curve[^1].Value)} {Path(metric, curve[0].Value, curve[^1].Value)}" : null;

    private string? Ends(string metric) => Curve(metric) is { Count: > 1 } curve
        ? $"{Show(metric, curve[0].Value)} to {Show(metric, curve[^1].Value)}" : null;

    private IReadOnlyList<(double Scale, double Value)> Curve(string metric) => table.Curve(guidance, "all", Stages.Before, metric);

    private string Path(string metric, double first, double last) => Change(first, last) == 0
        ? $"at {Show(metric, last)} (before: {Show(metric, first)})" : $"from {Show(metric, first)} to {Show(metric, last)}";

    private string Show(string metric, double value) => table.Scaling[metric].ShowWithUnit(value);

    /// <summary>Two ends that differ say nothing of the scales between.</summary>
    private static string Wavering(IReadOnlyList<(double Scale, double Value)> curve)
    {
        int sign = Change(curve[0].Value, curve[^1].Value);
        return sign != 0 && curve.Zip(curve.Skip(1)).Any(step => Change(step.First.Value, step.Second.Value) == -sign) ? ", though not at every step," : "";
    }

    private static string Verb(double first, double last) => Change(first, last) switch { > 0 => "grows", < 0 => "falls", _ => "stays" };

    private static int Change(double first, double last) => last > first * Unchanged ? 1 : last * Unchanged < first ? -1 : 0;
}
