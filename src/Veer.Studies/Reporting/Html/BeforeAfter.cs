using Veer.Evaluation;
using Veer.Studies.Runs;

namespace Veer.Studies.Reporting.Html;

/// <summary>
/// Given samples before and after their repair, for each set and scale: every number with interval and floor, or, where those were not measured, a table
/// with a row for each metric, a column for each stage, and the floor.
/// </summary>
internal static class BeforeAfter
{
    /// <summary>What is to be seen first: of every set and scale, in words, what was wrong and what the repair made of it.</summary>
    public static string Answer(RunFolder run, ResultTable table, StudyNotes study) => Markup.Join(
        Sets(table), set => run.Evaluation(set.Source, set.Scale) is { } found ? $"<div class=\"answer\"><p><strong>{Markup.Encode(Text.Capitalize(set.Source) + study.AtScale(set.Source, set.Scale))}</strong></p>\n{new EvaluationTables(found).Findings()}</div>\n" : "");

    public static string Write(RunFolder run, ResultTable table, StudyNotes study) => Markup.Join(
        Sets(table),
        set => run.Evaluation(set.Source, set.Scale) is { } found ? Write(found, Text.Capitalize(set.Source) + study.AtScale(set.Source, set.Scale)) : Write(table, study, set.Source, set.Scale));

    private static IEnumerable<(string Source, double Scale)> Sets(ResultTable table) => from source in table.Guidances from scale in table.ScalesOf(source) select (source, scale);

    private static string Write(EvaluationResult found, string name)
    {
        var tables = new EvaluationTables(found);
        string reference = found.IsLedTowards
            ? "Against the real points that the repair was led towards, to which it is nearer than to others; the floor is of held-out ones against these."
            : "Against held-out real points, which the repair was not led towards: to those that it was led towards it is nearer than to others. The floor is of the latter against the held-out ones.";
        return $"<h3>{Markup.Encode(name)}</h3>\n<p>{reference}</p>\n{tables.Whole()}{tables.Classes()}{Markup.Details("How to read these numbers", tables.Notes())}";
    }

    private static string Write(ResultTable table, StudyNotes study, string source, double scale)
    {
        var stages = table.StagesOf(source);
        string name = table.Classes.Contains("all") ? "all" : table.Classes[0];
        var rows =
            from metric in table.Metrics
            let values = stages.Select(stage => table.Find(source, scale, name, stage, metric.Name)).ToList()
            // what tells of the run and not of the samples has tables of its own
            where metric.Direction != 0 && values[0] is not null
            let floor = table.Floor(name, metric.Name)
            let unit = table.Scaling[metric.Name]
            let cell = NumberCell.Among(values, metric, unit, floor)
            select $"""<tr><th scope="row" title="{Markup.Encode(metric.Meaning)}">{Markup.Encode(metric.TitleIn(unit))}</th>{Markup.Join(values, value => cell.Write(value))}{(table.HasFloor ? new NumberCell(metric, unit).Write(floor) : "")}</tr>""" + "\n";
        return $"""
            <div class="scroll"><table class="summary">
            <caption>{Markup.Encode($"{Text.Capitalize(source)}{study.AtScale(source, scale)}, {Text.Class(name)}")}</caption>
            <thead><tr><th scope="col">Metric</th>{Markup.Join(stages, stage => $"""<th scope="col">{Markup.Encode(stage)}</th>""")}{(table.HasFloor ? """<th scope="col">real against real (floor)</th>""" : "")}</tr></thead>
            <tbody>
            {string.Concat(rows)}</tbody>
            </table></div>

            """;
    }
}
