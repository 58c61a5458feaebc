using Veer.Studies.Pipeline;

namespace Veer.Studies.Reporting;

/// <summary>The tables of the report: the one that answers, and every number. Every cell carries the whole number of results.json as its title.</summary>
internal static class ResultTablesHtml
{
    private const int MostClassesInSight = 3, MostRows = 24;

    /// <summary>One metric of every guidance and stage by scale, over all classes, with the floor.</summary>
    public static string Answer(ResultTable table, StudyNotes study)
    {
        if (table.Guidances.Count == 0) return "";
        var metric = LeadingMetric.Answer(table);
        string name = table.Classes.Contains("all") ? "all" : table.Classes[0];
        bool repaired = table.StageNames.Count > 1, several = table.Guidances.Count > 1;
        var rows = RowsWith(stages => stages);
        if (rows.Count > MostRows) rows = RowsWith(stages => Stages.Preferred(stages, 1));
        return MatrixTableHtml.Write(
            several ? Text.Class(name) : $"{table.Guidances[0]}{study.Suffix(table.Guidances[0])}, {Text.Class(name)}",
            several ? "Guidance" : "Stage", metric, table.Scaling[metric.Name], table.AllScales, rows, table.Floor(name, metric.Name));

        List<MatrixTableHtml.Row> RowsWith(Func<IReadOnlyList<string>, IReadOnlyList<string>> choose) =>
        [
            .. from guidance in table.Guidances
               from stage in choose(table.StagesOf(guidance))
               let row = new MatrixTableHtml.Row(
                   !several ? stage : guidance + study.Suffix(guidance) + (repaired ? $", {stage}" : ""),
                   [.. table.AllScales.Select(scale => table.Find(guidance, scale, name, stage, metric.Name))], guidance)
               where row.Values.Any(value => value is not null)
               select row,
        ];
    }

    /// <summary>Every metric: a block per scale, a row per class and stage; the floor on top.</summary>
    public static string Everything(ResultTable table, string guidance)
    {
        var numbered = table.Classes.Where(name => name != "all").ToList();
        bool many = numbered.Count > MostClassesInSight && table.Classes.Contains("all");
        return many
            ? Everything(table, guidance, ["all"]) + Html.Details($"The same for each of the {numbered.Count} classes", Everything(table, guidance, numbered))
            : Everything(table, guidance, table.Classes);
    }

    /// <summary>What every metric means, as a list.</summary>
    public static string Meanings(ResultTable table) => $"""
        <dl class="meanings">
        {Html.Join(table.Metrics.Where(metric => metric.Meaning.Length > 0), Meaning)}</dl>
        """;

    private static string Meaning(MetricInfo metric)
    {
        string better = metric.Direction switch { < 0 => " Lower is better.", > 0 => " Higher is better.", _ => "" };
        return $"<dt>{Html.Encode(metric.Title)} <code>{Html.Encode(metric.Name)}</code></dt><dd>{Html.Encode(metric.Meaning)}{better}</dd>\n";
    }

    private static string Everything(ResultTable table, string guidance, IReadOnlyList<string> classes)
    {
        string headers = Html.Join(table.Metrics, metric =>
            $"""<th scope="col" class="metric" title="{Html.Encode(metric.Meaning)}">{Html.Encode(metric.TitleIn(table.Scaling[metric.Name]))}</th>""");
        string floor = table.HasFloor ? $"<tbody class=\"floor\">\n{Html.Join(classes, name => FloorRow(table, name))}</tbody>\n" : "";
        return $"""
            <div class="scroll"><table class="everything">
            <caption>{Html.Encode(Text.Capitalize(guidance))} guidance, every metric</caption>
            <thead><tr><th scope="col">Scale</th><th scope="col">Class</th><th scope="col">Stage</th>{headers}</tr></thead>
            {floor}{Html.Join(table.ScalesOf(guidance), scale => Block(table, guidance, scale, classes))}</table></div>

            """;
    }

    private static string FloorRow(ResultTable table, string name)
    {
        string cells = Html.Join(table.Metrics, metric => NumberCell.Plain(metric, table.Scaling[metric.Name]).Write(table.Floor(name, metric.Name)));
        return $"""<tr><th scope="row" colspan="2">{Html.Encode(Text.Capitalize(Text.Class(name)))}</th><td class="stage">real</td>{cells}</tr>""" + "\n";
    }

    private static string Block(ResultTable table, string guidance, double scale, IReadOnlyList<string> classes)
    {
        var stages = table.StagesOf(guidance);
        var rows =
            from name in classes.Index()
            from stage in stages.Index()
            select $"<tr{(stage.Index == 0 ? " class=\"first\"" : "")}>"
                + (name.Index == 0 && stage.Index == 0 ? $"<th scope=\"rowgroup\" rowspan=\"{classes.Count * stages.Count}\">{Text.Scale(scale)}</th>" : "")
                + (stage.Index == 0 ? $"<th scope=\"rowgroup\" rowspan=\"{stages.Count}\">{Html.Encode(name.Item)}</th>" : "")
                + $"<td class=\"stage\">{Html.Encode(stage.Item)}</td>"
                + Html.Join(table.Metrics, metric => Cell(metric, name.Item).Write(table.Find(guidance, scale, name.Item, stage.Item, metric.Name)))
                + "</tr>\n";
        return $"<tbody>{string.Concat(rows)}</tbody>\n";

        NumberCell Cell(MetricInfo metric, string name)
        {
            double? floor = table.Floor(name, metric.Name);
            return new(metric, table.Scaling[metric.Name], floor, metric.Best(stages.Select(stage => table.Find(guidance, scale, name, stage, metric.Name)), floor));
        }
    }
}
