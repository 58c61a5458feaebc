using Veer.Evaluation;
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
                   let found = run.Evaluation(source, scale)
                   from stage in table.StagesOf(source).Where(stage => stage != Stages.Before)
                   select $"{source}{study.AtScale(source, scale)}{(table.StagesOf(source).Count > 2 ? $", {stage}" : "")}: {Strength(table, source, scale, stage)}{Changes(found, table, source, scale, stage)}"];
    });

    private static string Strength(ResultTable table, string source, double scale, string stage) => table.Find(source, scale, "all", stage, MetricInfo.Strength) switch
    {
        null => "repaired",
        0 => "strength 0: the samples stay as they are, as no strength brings validation samples nearer to real ones beyond doubt",
        { } strength => $"strength {Text.Scale(strength)}",
    };

    /// <summary>Against the study's reference, as a rule held-out points, which the repair was not led towards; what the results lack, as the page's first table has it. Where training points are the reference, the line says so.</summary>
    private static string Changes(EvaluationResult? found, ResultTable table, string source, double scale, string stage)
    {
        var later = found?.Sets.FirstOrDefault(set => set.Name == stage) ?? (table.Find(source, scale, "all", stage, MetricInfo.Strength) == 0 ? found?.Sets[0] : null);
        return string.Concat(
            from name in LeadingMetric.Quality(table)
            let tabled = table.Find(source, scale, "all", stage, name) is not null
            let before = tabled ? table.Find(source, scale, "all", Stages.Before, name) : found?.Sets[0].Find(name)?.Value
            let after = tabled ? table.Find(source, scale, "all", stage, name) : later?.Find(name)?.Value
            where before is not null && after is not null
            let real = tabled ? table.Floor("all", name) : found?.Floor?.Find(name)?.Value
            let unit = MetricInfo.Of(name).Share ? new MetricScale(100, "%") : new MetricScale(1, "")
            let change = before == after ? "" : $"{unit.ShowWithUnit(before.Value)} -> "
            let to = (tabled ? table.IsToTrain : found!.IsLedTowards) ? "to training points, " : "to held-out points, "
            select $"; {MetricInfo.Of(name).Title} {change}{unit.ShowWithUnit(after.Value)} ({to}real against real {(real is { } floor ? unit.ShowWithUnit(floor) : "not known")})");
    }
}
