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
            throw new InputException($"samples of {odd.Guidance}, scale {Text.Scale(odd.Scale)}: {odd.Stages[0].Points.Width} dimensions; expected {real!.Points.Width}, as real.npz has");
        return
        [
            new("distance", "Distance by scale", [], [.. table.Guidances.Select(guidance => DistanceFigure.Create(table, guidance)).OfType<Figure>()]),
            decoder is not null
                ? new("samples", "Samples", ImageSheetFigure.Lead,
                    [.. samples.Select(set => ImageSheetFigure.Create(real!, set, decoder))])
                : new("samples", "Samples", ScatterFigure.Lead,
                    [.. samples.Where(set => set.Stages[0].Points.Width >= 2).Select(set => ScatterFigure.Create(real!, set))]),
            new("trajectories", "Trajectories", ["How guidance bends the way from noise to data. Each line is one sample on its way from pure noise to its final place (dot), before any postprocessing. Straight lines mean that the first steps decide; bends show where a sample is pushed aside."],
                [.. run.Trajectories().Where(set => set.States.Shape[2] >= 2).GroupBy(set => set.Guidance).Select(group => TrajectoryFigure.Create(real, [.. group]))]),
            new("denoiser", "Learned against exact", ["How much of the ideal denoiser the network has learned, at every noise level. The data’s distribution is known here, so the ideal denoiser is known in closed form."],
                DenoiserErrorFigure.Create(run.DenoiserErrors()) is { } errors ? [errors] : []),
            new("training", "Training", ["Every model that this run trained."],
                run.TrainingCurves() is { Count: > 0 } curves ? [TrainingFigure.Create(curves)] : []),
        ];
    }
}
