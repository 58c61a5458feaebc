using Veer.Studies.Runs;
using Veer.Studies.Settings;

namespace Veer.Studies.Reporting.Html;

/// <summary>Tables of one metric with a column per guidance scale: rows are whatever is compared.</summary>
internal static class ScaleTables
{
    private const int MostRows = 24;

    /// <summary>One row.</summary>
    /// <param name="Name">Its heading.</param>
    /// <param name="Values">A value per scale; null where none was measured.</param>
    /// <param name="Group">Rows are compared with those of the same group: one w is not the same strength in every guidance. Null for none.</param>
    /// <param name="Notes">What stands small behind each value; null for nothing.</param>
    private sealed record Row(string Name, IReadOnlyList<double?> Values, string? Group = null, IReadOnlyList<string>? Notes = null);

    /// <summary>The metric that answers, of every guidance and stage, over all classes, with the floor.</summary>
    public static string Answer(ResultTable table, StudyNotes study)
    {
        if (table.Guidances.Count == 0) return "";
        var metric = LeadingMetric.Answer(table);
        string name = table.Classes.Contains("all") ? "all" : table.Classes[0];
        bool repaired = table.StageNames.Count > 1, several = table.Guidances.Count > 1;
        var rows = RowsWith(stages => stages);
        if (rows.Count > MostRows) rows = RowsWith(stages => Stages.Preferred(stages, 1));
        return Write(table, metric.Name, several ? Text.Class(name) : $"{study.Name(table.Guidances[0])}, {Text.Class(name)}", several ? study.IsGiven ? "Samples" : "Guidance" : "Stage", table.AllScales, rows, table.Floor(name, metric.Name), IsScaled(table, study));

        List<Row> RowsWith(Func<IReadOnlyList<string>, IReadOnlyList<string>> choose) =>
        [
            .. from guidance in table.Guidances
               from stage in choose(table.StagesOf(guidance))
               let row = new Row(!several ? stage : study.Name(guidance) + (repaired ? $", {stage}" : ""), Values(table, guidance, table.AllScales, name, stage, metric.Name), guidance)
               where row.Values.Any(value => value is not null)
               select row,
        ];
    }

    /// <summary>All guidances before postprocessing: what they do to trajectories, and how far samples are from real data. Not ranked: one w is not the same strength in every guidance.</summary>
    public static string OfGuidances(ResultTable table, StudyNotes study) => Markup.Join(
        [.. MetricInfo.OfTrajectories, .. table.Guidances.Count > 1 ? LeadingMetric.Quality(table) : []],
        metric => Write(table, metric, "before postprocessing, all classes", study.IsGiven ? "Samples" : "Guidance", table.AllScales,
            table.Guidances.Select(guidance => new Row(study.Name(guidance), Values(table, guidance, table.AllScales, "all", Stages.Before, metric))), table.Floor("all", metric), IsScaled(table, study)));

    /// <summary>A guidance's stages: distance, coverage, over all classes and class by class, and what they cost.</summary>
    public static string OfStages(ResultTable table, string guidance, StudyNotes study)
    {
        var scales = table.ScalesOf(guidance);
        string caption = study.Name(guidance);
        return string.Concat(
            from metric in LeadingMetric.Quality(table)
            from name in table.Classes.OrderBy(name => name != "all")
            select Table(metric, name, $"{caption}, {Text.Class(name)}", guidance))
            + Table(MetricInfo.Strength, "all", $"{caption}, as it was chosen")
            + Table(MetricInfo.Seconds, "all", $"{caption}, in brackets as a share of the sampling time", notes: Shares)
            + Table(MetricInfo.Evaluations, "all", caption);

        string Table(string metric, string name, string title, string? among = null, Func<string, IReadOnlyList<double?>, IReadOnlyList<string>>? notes = null) => Write(
            table, metric, title, "Stage", scales,
            from stage in table.StagesOf(guidance)
            let values = Values(table, guidance, scales, name, stage, metric)
            select new Row(stage, values, among, notes?.Invoke(stage, values)),
            table.Floor(name, metric), !study.IsUnscaled(guidance));

        IReadOnlyList<string> Shares(string stage, IReadOnlyList<double?> values) => [.. scales.Zip(values, (scale, value) =>
            stage != Stages.Before && value is { } seconds && table.Find(guidance, scale, "all", Stages.Before, MetricInfo.Seconds) is { } sampling && sampling > 0
                ? $"({Text.Significant(100 * seconds / sampling, 2)} %)" : "")];
    }

    /// <summary>The rows of a paper's table, each above this run's own; empty where the run did not measure that metric.</summary>
    public static string OfPaper(ResultTable table, PublishedNumbers paper) =>
        Markup.Join(table.Guidances.Where(guidance => paper.Rows.Keys.Intersect(table.StagesOf(guidance)).Any()), guidance => Write(
            table, paper.Metric,
            $"{guidance}: {paper.Title}, and this run. How far each repair moves the number can be compared, the numbers themselves only where both were measured alike",
            "Row", paper.Scales, paper.Rows.SelectMany(row => (Row[])
            [
                new($"paper, {row.Key}", [.. row.Value.Select(value => (double?)value)]),
                new($"this run, {row.Key}", Values(table, guidance, paper.Scales, "all", row.Key, paper.Metric)),
            ]), floor: null));

    private static IReadOnlyList<double?> Values(ResultTable table, string guidance, IReadOnlyList<double> scales, string name, string stage, string metric) =>
        [.. scales.Select(scale => table.Find(guidance, scale, name, stage, metric))];

    private static bool IsScaled(ResultTable table, StudyNotes study) => !table.Guidances.All(study.IsUnscaled);

    /// <summary>The table of a metric; empty where it was not measured. Rows without a value are left out.</summary>
    private static string Write(ResultTable table, string name, string caption, string corner, IReadOnlyList<double> scales, IEnumerable<Row> all, double? floor, bool scaled = true)
    {
        var rows = all.Where(row => row.Values.Any(value => value is not null)).ToList();
        if (rows.Count == 0 || !table.Has(name)) return "";
        var (metric, unit) = (MetricInfo.Of(name), table.Scaling[name]);
        string headers = Markup.Join(scales, scale => $"""<th scope="col">{(scaled ? $"w = {Text.Scale(scale)}" : "value")}</th>""");
        string floorRow = floor is { } value
            ? $"""<tr class="floor"><th scope="row">real against real (floor)</th>{Markup.Join(scales, _ => new NumberCell(metric, unit).Write(value))}</tr>""" + "\n"
            : "";
        return $"""
            <div class="scroll"><table class="summary">
            <caption>{Markup.Encode(metric.TitleIn(unit))}, {Markup.Encode(caption)}</caption>
            <thead><tr><th scope="col">{Markup.Encode(corner)}</th>{headers}</tr></thead>
            <tbody>
            {floorRow}{Markup.Join(rows, row => $"""<tr><th scope="row">{Markup.Encode(row.Name)}</th>{Markup.Join(row.Values.Index(), entry => Cell(row, entry.Index).Write(entry.Item, row.Notes?[entry.Index] ?? ""))}</tr>""" + "\n")}</tbody>
            </table></div>

            """;

        NumberCell Cell(Row row, int column) => row.Group is null ? new(metric, unit)
            : NumberCell.Among(rows.Where(other => other.Group == row.Group).Select(other => other.Values[column]), metric, unit, floor);
    }
}
