namespace Veer.Studies.Reporting;

/// <summary>How postprocessing changes shares of samples, in words.</summary>
internal static class HeadlineShares
{
    private static readonly (string Metric, string Words)[] Told =
    [
        ("off-class", "samples that fall into another class"),
        (MetricInfo.LabelAgreement, "samples in which the judge sees the class asked for"),
    ];

    /// <summary>A sentence for each share that was measured before and after.</summary>
    public static IEnumerable<string> Sentences(ResultTable table, string guidance, double scale, string stage)
    {
        foreach (var (metric, words) in Told)
        {
            if (table.Find(guidance, scale, "all", Stages.Before, metric) is not { } before || table.Find(guidance, scale, "all", stage, metric) is not { } after) continue;
            var unit = table.Scaling[metric];
            // Of real samples an agreement below 100 % is the judge's own error.
            string floor = metric == MetricInfo.LabelAgreement && table.Floor("all", metric) is { } real ? $" (real images: {unit.ShowWithUnit(real)})" : "";
            int digits = metric == MetricInfo.LabelAgreement ? 3 : 2;
            yield return $"The share of {words} goes from {unit.Show(before, digits)} to {unit.Show(after, digits)} % at scale {Text.Scale(scale)}{floor}.";
        }
    }
}
