namespace Veer.Studies.Reporting;

/// <summary>One part of the page: a heading, a few sentences, figures. Without figures it is left out.</summary>
internal sealed record ReportSection(string Id, string Heading, IReadOnlyList<string> Lead, IReadOnlyList<Figure> Figures);

/// <summary>Which figures a run's files allow, section by section, in the order of the page.</summary>
internal static class ReportFigures
{
    public static IReadOnlyList<ReportSection> All(RunFolder run, ResultTable table)
    {
        var real = run.Real();
        var decoder = run.Decoder();
        var samples = real is null ? [] : run.Samples();
        if (samples.FirstOrDefault(set => set.Stages[0].Points.Width != real!.Points.Width) is { } odd)
            throw new InputException(
                $"samples/{odd.Guidance}-w{Text.Scale(odd.Scale)}.npz", odd.Stages[0].Stage, $"{odd.Stages[0].Points.Width} dimensions", $"{real!.Points.Width}, as in real.npz");
        var shown = samples.Where(set => set.Stages[0].Points.Width >= 2);
        var trajectories = run.Trajectories().Where(set => set.States.Shape[2] >= 2).GroupBy(set => set.Guidance);
        return
        [
            new("distance", "Distance by scale", [], [.. table.Guidances.Select(guidance => DistanceFigure.Create(table, guidance)).OfType<Figure>()]),
            decoder is not null
                ? new("samples", "Samples", ImageSheetFigure.Lead,
                    [.. samples.Select(set => ImageSheetFigure.Create(real!, set, decoder))])
                : new("samples", "Samples", ScatterFigure.Lead,
                    [.. shown.Select(set => ScatterFigure.Create(real!, set))]),
            new("trajectories", "Trajectories", TrajectoryFigure.Lead,
                [.. trajectories.Select(group => TrajectoryFigure.Create(real, [.. group]))]),
            new("denoiser", "Learned against exact", DenoiserErrorFigure.Lead,
                DenoiserErrorFigure.Create(run.DenoiserErrors()) is { } errors ? [errors] : []),
            new("training", "Training", ["Every model that this run trained."],
                run.TrainingCurves() is { Count: > 0 } curves ? [TrainingFigure.Create(curves)] : []),
        ];
    }
}
