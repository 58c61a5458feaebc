using Veer.Studies.Runs;

namespace Veer.Studies.Reporting;

/// <summary>What came of repairing given samples, in a line or two for each set.</summary>
public static class RunSummary
{
    /// <summary>Of each set: the strength that was chosen, or why samples stay as they are; and the main distances before and after, with what real points reach.</summary>
    /// <param name="folder">The folder of a finished run.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="InputException">It is none, or a file in it is broken.</exception>
    public static IReadOnlyList<string> Lines(string folder, CancellationToken cancellation = default) => InvariantCulture.Run<IReadOnlyList<string>>(() =>
    {
        var run = RunFolder.Finished(folder, cancellation);
        var (table, study) = (new ResultTable(run.Results), run.Study().Notes);
        return [.. from source in table.Guidances
                   from scale in table.ScalesOf(source)
                   from stage in table.StagesOf(source).Where(stage => stage != Stages.Before)
                   select $"{source}{study.AtScale(source, scale)}{(table.StagesOf(source).Count > 2 ? $", {stage}" : "")}: {Strength(table, source, scale, stage)}{Changes(table, source, scale, stage)}"];
    });

    private static string Strength(ResultTable table, string source, double scale, string stage) => table.Find(source, scale, "all", stage, MetricInfo.Strength) switch
    {
        null => "repaired",
        0 => "strength 0: the samples stay as they are, as no strength brings validation samples nearer to real ones beyond doubt",
        { } strength => $"strength {RunPaths.Text(strength)}",
    };

    private static string Changes(ResultTable table, string source, double scale, string stage) => string.Concat(
        from name in LeadingMetric.Quality(table)
        let before = table.Find(source, scale, "all", Stages.Before, name)
        let after = table.Find(source, scale, "all", stage, name)
        where before is not null && after is not null
        let unit = table.Scaling[name]
        let floor = table.Floor("all", name) is { } real ? $" (real against real {unit.Show(real)})" : ""
        let change = before == after ? "" : $"{unit.Show(before.Value)} -> "
        select $"; {MetricInfo.Of(name).Title} {change}{unit.ShowWithUnit(after.Value)}{floor}");
}
