namespace Veer.Studies.Reporting;

/// <summary>Which of many variants ends best, in words.</summary>
internal static class SweepHeadline
{
    private const int FewestVariants = 3;

    private static readonly (string Metric, string Words)[] Known =
    [
        (MetricInfo.Frechet, "Fréchet distance"),
        (MetricInfo.NearestDistance, "distance to the nearest real point"),
        (MetricInfo.SlicedWasserstein, "sliced Wasserstein-2"),
    ];

    /// <summary>The sentence; empty for fewer than three variants.</summary>
    public static string Paragraph(ResultTable table, string guidance)
    {
        var variants = table.StagesOf(guidance).Where(stage => stage != Stages.Before).ToList();
        if (variants.Count < FewestVariants) return "";
        var compared = Known.Where(entry => LeadingMetric.Quality(table).Contains(entry.Metric)).ToList();
        foreach (double scale in table.ScalesOf(guidance).Reverse())
        {
            var best = compared.Select(entry => (entry.Words, Best: Lowest(table, guidance, scale, entry.Metric, variants))).Where(entry => entry.Best is not null).ToList();
            // A scale that some variants never saw compares those that did.
            int measured = variants.Count(stage => compared.Any(entry => table.Find(guidance, scale, "all", stage, entry.Metric) is not null));
            if (best.Count > 0 && measured >= FewestVariants) return Sentence(scale, measured, [.. best.Select(entry => (entry.Words, entry.Best!.Value.Stage, entry.Best.Value.Shown))]);
        }
        return "";
    }

    private static string Sentence(double scale, int variants, IReadOnlyList<(string Words, string Stage, string Shown)> best)
    {
        var groups = best.GroupBy(entry => entry.Stage).Select(group =>
            $"{group.Key} has the lowest {Text.Enumerate([.. group.Select((entry, index) => $"{(index == 0 ? "" : "the lowest ")}{entry.Words} ({entry.Shown})")])}");
        return $"Of {variants} variants at w = {Text.Scale(scale)}, {Text.Enumerate([.. groups])}.";
    }

    private static (string Stage, string Shown)? Lowest(ResultTable table, string guidance, double scale, string metric, IReadOnlyList<string> variants)
    {
        var found = variants.Select(stage => (Stage: stage, Value: table.Find(guidance, scale, "all", stage, metric)))
            .Where(entry => entry.Value is { } value && double.IsFinite(value)).ToList();
        if (found.Count < 2) return null;
        var (stage, lowest) = found.MinBy(entry => entry.Value);
        return (stage, table.Scaling[metric].ShowWithUnit(lowest!.Value));
    }
}
