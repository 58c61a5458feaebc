namespace Veer.Studies.Reporting;

/// <summary>The tables of studies with many stages or guidances: a row for each, a column per scale.</summary>
internal static class SweepTablesHtml
{
    /// <summary>A guidance's stages: distance, coverage, and what they cost. Classes by themselves are folded away.</summary>
    public static string OfStages(ResultTable table, string guidance, string kind)
    {
        var classes = table.Classes.Where(name => name != "all").ToList();
        var quality = LeadingMetric.Quality(table);
        string whole = Html.Join(quality, metric => Stages(table, guidance, kind, metric, "all"));
        string each = Html.Join(classes, name => Html.Join(quality, metric => Stages(table, guidance, kind, metric, name)));
        string folded = each.Length > 0 ? Html.Details($"{Text.Capitalize(guidance)}: the same for each class", each) : "";
        return whole + folded + Costs(table, guidance, kind);
    }

    /// <summary>All guidances before postprocessing: what they do to trajectories, and how far samples are from real data.</summary>
    public static string OfGuidances(ResultTable table, StudyNotes study)
    {
        IEnumerable<string> metrics = MetricInfo.OfTrajectories;
        if (table.Guidances.Count > 1) metrics = metrics.Concat(LeadingMetric.Quality(table));
        return Html.Join(metrics, Metric);

        string Metric(string name)
        {
            double[] scales = [.. table.Guidances.SelectMany(guidance => table.Curve(guidance, "all", Reporting.Stages.Before, name)).Select(point => point.Scale)
                .Distinct().Order()];
            if (scales.Length == 0) return "";
            var rows = table.Guidances.Select(guidance => new MatrixTableHtml.Row(
                guidance + study.Suffix(guidance), [.. scales.Select(scale => table.Find(guidance, scale, "all", Reporting.Stages.Before, name))]));
            // Not ranked: one w is not the same strength in every guidance.
            return MatrixTableHtml.Write(
                "before postprocessing, all classes", "Guidance", MetricInfo.Of(name), table.Scaling[name], scales,
                [.. rows.Where(row => row.Values.Any(value => value is not null))], table.Floor("all", name), marked: false);
        }
    }

    private static string Stages(ResultTable table, string guidance, string kind, string metric, string className)
    {
        var rows = RowsOf(table, guidance, metric, className);
        return rows.Count == 0 ? "" : MatrixTableHtml.Write(
            $"{guidance}{kind}, {Text.Class(className)}", "Stage", MetricInfo.Of(metric), table.Scaling[metric], table.ScalesOf(guidance), rows,
            table.Floor(className, metric));
    }

    private static string Costs(ResultTable table, string guidance, string kind)
    {
        var scales = table.ScalesOf(guidance);
        var seconds = RowsOf(table, guidance, MetricInfo.Seconds, "all").Select(row => row with { Notes = Shares(row) }).ToList();
        var evaluations = RowsOf(table, guidance, MetricInfo.Evaluations, "all");
        var strengths = RowsOf(table, guidance, MetricInfo.Strength, "all");
        return Write(strengths, MetricInfo.Strength, ", as it was chosen") + Write(seconds, MetricInfo.Seconds, ", in brackets as a share of the sampling time")
            + Write(evaluations, MetricInfo.Evaluations, "");

        string Write(List<MatrixTableHtml.Row> rows, string metric, string more) => rows.Count == 0 ? "" : MatrixTableHtml.Write(
            $"{guidance}{kind}{more}", "Stage", MetricInfo.Of(metric), table.Scaling[metric], scales, rows, null);

        IReadOnlyList<string> Shares(MatrixTableHtml.Row row) => [.. scales.Select((scale, column) =>
            row.Name != Reporting.Stages.Before && row.Values[column] is { } value
                && table.Find(guidance, scale, "all", Reporting.Stages.Before, MetricInfo.Seconds) is { } sampling && sampling > 0
                ? $"({Text.Significant(100 * value / sampling, 2)} %)" : "")];
    }

    private static List<MatrixTableHtml.Row> RowsOf(ResultTable table, string guidance, string metric, string className) => !table.Has(metric) ? [] :
        [.. table.StagesOf(guidance)
            .Select(stage => new MatrixTableHtml.Row(
                stage, [.. table.ScalesOf(guidance).Select(scale => table.Find(guidance, scale, className, stage, metric))]))
            .Where(row => row.Values.Any(value => value is not null))];
}
