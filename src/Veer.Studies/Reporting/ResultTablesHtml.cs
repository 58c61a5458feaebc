namespace Veer.Studies.Reporting;

/// <summary>The tables of the report. Every cell carries the whole number of results.json as its title.</summary>
internal static class ResultTablesHtml
{
    private const int MostClassesInSight = 3, MostRowsInSight = 40, MostGuidancesInSight = 2, MostStagesAbreast = 4, MostSummariesInSight = 3;

    /// <summary>Every table: what guidances do, then each by itself, then every metric.</summary>
    public static string All(ResultTable table, StudyNotes study)
    {
        var repaired = table.Guidances.Where(guidance => table.Guidances.Count == 1 || table.StagesOf(guidance).Count > 1).ToList();
        // Fréchet's distance has no classes to make rows of.
        string summaries = Html.Join(repaired, guidance => table.StagesOf(guidance).Count > MostStagesAbreast || table.Has(MetricInfo.Frechet)
            ? SweepTablesHtml.OfStages(table, guidance, study.Suffix(guidance))
            : Summary(table, guidance, study.Suffix(guidance), table.Metrics[0]));
        string everything = Html.Join(table.Guidances, guidance => Everything(table, guidance));
        bool many = table.Guidances.Count > MostGuidancesInSight || table.Guidances.Sum(guidance => RowsOf(table, guidance)) > MostRowsInSight;
        return SweepTablesHtml.OfGuidances(table, study)
            + (repaired.Count > MostSummariesInSight ? Html.Details("Before and after postprocessing, guidance by guidance", summaries) : summaries)
            + (many ? Html.Details("Every metric", everything) : everything);
    }

    /// <summary>One metric in the form of the paper's Tab. 1: a row per class, a column per scale, the stages in each.</summary>
    private static string Summary(ResultTable table, string guidance, string kind, MetricInfo metric)
    {
        var scales = table.ScalesOf(guidance);
        var stages = table.StagesOf(guidance);
        var unit = table.Scaling[metric.Name];
        bool hasFloor = table.Classes.Any(name => table.Floor(name, metric.Name) is not null);
        string floorHeader = hasFloor ? """<th rowspan="2" scope="col" class="group">real against<br>real (floor)</th>""" : "";
        string scaleHeaders = Html.Join(scales, scale =>
            $"""<th colspan="{stages.Count}" scope="colgroup" class="group">w = {Text.Scale(scale)}</th>""");
        string stageHeaders = Html.Join(stages.Index(), stage =>
            $"""<th scope="col"{(stage.Index == 0 ? " class=\"group\"" : "")}>{Html.Encode(stage.Item)}</th>""");
        return $"""
            <div class="scroll"><table class="summary">
            <caption>{Html.Encode(Title(metric, unit))}, {Html.Encode(guidance)}{Html.Encode(kind)}</caption>
            <thead>
            <tr><th rowspan="2" scope="col">Class</th>{scaleHeaders}{floorHeader}</tr>
            <tr>{Html.Join(scales, _ => stageHeaders)}</tr>
            </thead>
            <tbody>
            {Html.Join(table.Classes, Row)}</tbody>
            </table></div>

            """;

        string Row(string name)
        {
            string floor = hasFloor ? Cell(table.Floor(name, metric.Name), unit, "group floor") : "";
            string cells = Html.Join(scales, scale => StageCells(table, guidance, scale, name, metric));
            return $"""<tr><th scope="row">{Html.Encode(name)}</th>{cells}{floor}</tr>""" + "\n";
        }
    }

    /// <summary>Every metric: a block per scale, a row per class and stage; the floor on top.</summary>
    private static string Everything(ResultTable table, string guidance)
    {
        var numbered = table.Classes.Where(name => name != "all").ToList();
        bool many = numbered.Count > MostClassesInSight && table.Classes.Contains("all");
        return many
            ? Everything(table, guidance, ["all"]) + Html.Details($"The same for each of the {numbered.Count} classes", Everything(table, guidance, numbered))
            : Everything(table, guidance, table.Classes);
    }

    private static int RowsOf(ResultTable table, string guidance) => table.ScalesOf(guidance).Count * table.StagesOf(guidance).Count * table.Classes.Count;

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
            $"""<th scope="col" class="metric" title="{Html.Encode(metric.Meaning)}">{Html.Encode(Title(metric, table.Scaling[metric.Name]))}</th>""");
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
        string cells = Html.Join(table.Metrics, metric => Cell(table.Floor(name, metric.Name), table.Scaling[metric.Name], ""));
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
                + Html.Join(table.Metrics, metric => Cell(
                    table.Find(guidance, scale, name.Item, stage.Item, metric.Name), table.Scaling[metric.Name],
                    table.Best(guidance, scale, name.Item, metric).Contains(stage.Item) ? "best" : ""))
                + "</tr>\n";
        return $"<tbody>{string.Concat(rows)}</tbody>\n";
    }

    private static string StageCells(ResultTable table, string guidance, double scale, string name, MetricInfo metric)
    {
        var best = table.Best(guidance, scale, name, metric);
        return Html.Join(table.StagesOf(guidance).Index(), stage => Cell(
            table.Find(guidance, scale, name, stage.Item, metric.Name), table.Scaling[metric.Name],
            $"{(stage.Index == 0 ? "group " : "")}{(best.Contains(stage.Item) ? "best" : "")}".Trim()));
    }

    private static string Cell(double? value, MetricScale unit, string style)
    {
        string attribute = style.Length == 0 ? "" : $" class=\"{style}\"";
        return value is { } number
            ? $"<td{attribute} title=\"{number.ToString("R", Text.Invariant)}\">{unit.Show(number)}</td>"
            : $"<td{attribute}></td>";
    }

    public static string Title(MetricInfo metric, MetricScale unit) => $"{metric.Title} {$"{unit.Unit}\u00a0{metric.Arrow}".Trim()}".TrimEnd();
}
