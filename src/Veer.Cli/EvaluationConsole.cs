using Spectre.Console;
using Veer.Evaluation;

namespace Veer.Cli;

/// <summary>An evaluation on a terminal: what the numbers say, then a table.</summary>
internal static class EvaluationConsole
{
    /// <summary>Columns of an output that is no terminal.</summary>
    internal const int Wide = 1000;

    public static void Print(EvaluationResult result)
    {
        var later = result.Sets.Skip(1).ToList();
        var table = new Table().Border(TableBorder.Simple).AddColumn("");
        if (result.Floor is not null) table.AddColumn(new TableColumn("real (floor)").RightAligned().NoWrap());
        foreach (var set in result.Sets) table.AddColumn(new TableColumn(Cell(set.Name)).RightAligned().NoWrap());
        foreach (var set in later) table.AddColumn(new TableColumn(Cell($"{set.Name} − {result.Sets[0].Name}")).RightAligned());
        if (result.Classes.Count > 0) table.AddColumn(new TableColumn(Cell($"worst class, {result.Sets[^1].Name}")).RightAligned());
        foreach (var metric in result.Metrics)
        {
            List<string> cells = [$"{metric.Title} {metric.Arrow}".TrimEnd()];
            if (result.Floor is { } floor) cells.Add(Text(floor.Find(metric.Name)));
            cells.AddRange(result.Sets.Select(set => Text(set.Find(metric.Name))));
            cells.AddRange(later.Select(set => Verdict(result, result.FindDifference(set.Name, metric.Name))));
            if (result.Classes.Count > 0) cells.Add(result.Sets[^1].Worst(metric) is { } worst ? FormattableString.Invariant($"{result.ClassName(worst.Class)}: {worst.Estimate.Value:g3}") : "");
            table.AddRow(cells.Select(Markup.Escape).ToArray());
        }
        // a line that is too long for the terminal is better than numbers cut off
        var console = AnsiConsole.Create(new AnsiConsoleSettings());
        console.Profile.Width = Wide;
        console.Write(table);
        Console.WriteLine("± is half the width of a 95 % interval; ↓ lower is better, ↑ higher, → as real points are; a difference is better where it leads nearer to the floor, and moved where it is so near that chance decides which is nearer.");
        foreach (var set in result.Sets)
            foreach (string line in result.Words(set)) Console.WriteLine(CommandRunner.Plain($"{set.Name}: {line}"));
        foreach (string note in result.Notes) Console.WriteLine(CommandRunner.Plain($"note: {note}"));
    }

    /// <summary>A name in a table.</summary>
    internal static string Cell(string name) => Markup.Escape(CommandRunner.Plain(name));

    private static string Text(Estimate? estimate) => estimate is not { } found ? ""
        : double.IsFinite(found.Error) ? FormattableString.Invariant($"{found.Value:g4} ± {found.High - found.Value:g2}") : FormattableString.Invariant($"{found.Value:g4}");

    private static string Verdict(EvaluationResult result, EvaluatedDifference? difference) =>
        difference is null ? "" : Text(difference.Difference) + (result.Judge(difference) is { } verdict ? $" {verdict}".ToLowerInvariant() : "");
}
