namespace Veer.Studies.Reporting;

/// <summary>What the one table leaves out, a metric each: a row per guidance or stage, a column per scale.</summary>
internal static class SweepTablesHtml
{
    /// <summary>A guidance's stages: distance, coverage, over all classes and class by class, and what they cost.</summary>
    public static string OfStages(ResultTable table, string guidance, string kind)
    {
        var scales = table.ScalesOf(guidance);
        string quality = Html.Join(LeadingMetric.Quality(table), metric => Html.Join(
            table.Classes.OrderBy(name => name != "all"), name => Write(metric, name, $"{guidance}{kind}, {Text.Class(name)}", guidance)));
        return quality + Write(MetricInfo.Strength, "all", $"{guidance}{kind}, as it was chosen") + Write(
                MetricInfo.Seconds, "all", $"{guidance}{kind}, in brackets as a share of the sampling time", notes: Shares)
            + Write(MetricInfo.Evaluations, "all", $"{guidance}{kind}");

        string Write(string metric, string name, string caption, string? group = null, Func<string, IReadOnlyList<double?>, IReadOnlyList<string>>? notes = null) =>
            Matrix(table, metric, caption, "Stage", scales, table.Floor(name, metric), table.StagesOf(guidance).Select(stage =>
            {
                double?[] values = [.. scales.Select(scale => table.Find(guidance, scale, name, stage, metric))];
                return new MatrixTableHtml.Row(stage, values, group, notes?.Invoke(stage, values));
            }));

        IReadOnlyList<string> Shares(string stage, IReadOnlyList<double?> values) => [.. scales.Zip(values, (scale, value) =>
            stage != Stages.Before && value is { } seconds && table.Find(guidance, scale, "all", Stages.Before, MetricInfo.Seconds) is { } sampling && sampling > 0
                ? $"({Text.Significant(100 * seconds / sampling, 2)} %)" : "")];
    }

    /// <summary>All guidances before postprocessing: what they do to trajectories, and how far samples are from real data. Not ranked: one w is not the same strength in every guidance.</summary>
    public static string OfGuidances(ResultTable table, StudyNotes study) => Html.Join(
        [.. MetricInfo.OfTrajectories, .. table.Guidances.Count > 1 ? LeadingMetric.Quality(table) : []],
        metric => Matrix(table, metric, "before postprocessing, all classes", "Guidance", table.AllScales, table.Floor("all", metric), table.Guidances.Select(guidance =>
            new MatrixTableHtml.Row(guidance + study.Suffix(guidance), [.. table.AllScales.Select(scale => table.Find(guidance, scale, "all", Stages.Before, metric))]))));

    private static string Matrix(
        ResultTable table, string metric, string caption, string corner, IReadOnlyList<double> scales, double? floor, IEnumerable<MatrixTableHtml.Row> all)
    {
        var rows = all.Where(row => row.Values.Any(value => value is not null)).ToList();
        return rows.Count == 0 ? "" : MatrixTableHtml.Write(caption, corner, MetricInfo.Of(metric), table.Scaling[metric], scales, rows, floor);
    }
}
