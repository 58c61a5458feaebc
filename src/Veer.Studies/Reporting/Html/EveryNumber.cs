using Veer.Studies.Runs;

namespace Veer.Studies.Reporting.Html;

/// <summary>The table of every number of a guidance, and what its metrics mean. Every cell carries the whole number of results.json as its title.</summary>
internal static class EveryNumber
{
    private const int MostClassesInSight = 3;

    /// <summary>Every metric: a block per scale, a row per class and stage; the floor on top.</summary>
    public static string Write(ResultTable table, string guidance, StudyNotes study)
    {
        var numbered = table.Classes.Where(name => name != "all").ToList();
        return numbered.Count <= MostClassesInSight || !table.Classes.Contains("all") ? Write(table, guidance, study, table.Classes)
            : Write(table, guidance, study, ["all"]) + Markup.Details($"The same for each of the {numbered.Count} classes", Write(table, guidance, study, numbered));
    }

    /// <summary>What every metric means, as a list.</summary>
    public static string Meanings(ResultTable table) => $"""
        <dl class="meanings">
        {Markup.Join(table.Metrics.Where(metric => metric.Meaning.Length > 0), metric =>
            $"<dt>{Markup.Encode(metric.Title)} <code>{Markup.Encode(metric.Name)}</code></dt><dd>{Markup.Encode(metric.Meaning)}{metric.Direction switch { < 0 => " Lower is better.", > 0 => " Higher is better.", _ => "" }}</dd>\n")}</dl>
        """;

    private static string Write(ResultTable table, string guidance, StudyNotes study, IReadOnlyList<string> classes)
    {
        string headers = Markup.Join(table.Metrics, metric =>
            $"""<th scope="col" class="metric" title="{Markup.Encode(metric.Meaning)}">{Markup.Encode(metric.TitleIn(table.Scaling[metric.Name]))}</th>""");
        string floor = table.HasFloor ? $"<tbody class=\"floor\">\n{Markup.Join(classes, name => FloorRow(table, name))}</tbody>\n" : "";
        return $"""
            <div class="scroll"><table class="everything">
            <caption>{Markup.Encode(Text.Capitalize(guidance))}{(study.IsGiven ? "" : " guidance")}, every metric</caption>
            <thead><tr><th scope="col">Scale</th><th scope="col">Class</th><th scope="col">Stage</th>{headers}</tr></thead>
            {floor}{Markup.Join(table.ScalesOf(guidance), scale => Block(table, guidance, scale, classes))}</table></div>

            """;
    }

    private static string FloorRow(ResultTable table, string name)
    {
        string cells = Markup.Join(table.Metrics, metric => new NumberCell(metric, table.Scaling[metric.Name]).Write(table.Floor(name, metric.Name)));
        return $"""<tr><th scope="row" colspan="2">{Markup.Encode(Text.Capitalize(Text.Class(name)))}</th><td class="stage">real</td>{cells}</tr>""" + "\n";
    }

    private static string Block(ResultTable table, string guidance, double scale, IReadOnlyList<string> classes)
    {
        var stages = table.StagesOf(guidance);
        var rows =
            from name in classes.Index()
            from stage in stages.Index()
            select $"<tr{(stage.Index == 0 ? " class=\"first\"" : "")}>"
                + (name.Index == 0 && stage.Index == 0 ? $"<th scope=\"rowgroup\" rowspan=\"{classes.Count * stages.Count}\">{Text.Scale(scale)}</th>" : "")
                + (stage.Index == 0 ? $"<th scope=\"rowgroup\" rowspan=\"{stages.Count}\">{Markup.Encode(name.Item)}</th>" : "")
                + $"<td class=\"stage\">{Markup.Encode(stage.Item)}</td>"
                + Markup.Join(table.Metrics, metric => Cell(metric, name.Item, stage.Item))
                + "</tr>\n";
        return $"<tbody>{string.Concat(rows)}</tbody>\n";

        string Cell(MetricInfo metric, string name, string stage) => NumberCell
            .Among(stages.Select(other => table.Find(guidance, scale, name, other, metric.Name)), metric, table.Scaling[metric.Name], table.Floor(name, metric.Name))
            .Write(table.Find(guidance, scale, name, stage, metric.Name));
    }
}
