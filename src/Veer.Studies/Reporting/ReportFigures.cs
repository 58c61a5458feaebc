namespace Veer.Studies.Reporting;

/// <summary>Which figures a run's files allow, section by section, in the order of the page.</summary>
internal static class ReportFigures
{
    public sealed record Section(string Id, string Heading, string Lead, IReadOnlyList<Figure> Figures);

    public static IReadOnlyList<Section> All(RunFolder run, ResultTable table)
    {
        var real = run.Real();
        var decoder = run.Decoder();
        var samples = real is null ? [] : run.Samples();
        if (samples.FirstOrDefault(set => set.Stages[0].Points.Width != real!.Points.Width) is { } odd)
            throw new InputException($"samples of {odd.Guidance}, scale {Text.Scale(odd.Scale)}: {odd.Stages[0].Points.Width} dimensions; expected {real!.Points.Width}, as real.npz has");
        return
        [
            new("distance", "Distance by scale", "", [.. table.Guidances.Select(guidance => DistanceFigure.Create(table, guidance)).OfType<Figure>()]),
            decoder is not null
                ? new("samples", "Samples", "Points are principal components of images; here they are images again.",
                    [.. samples.Select(set => ImageSheetFigure.Create(real!, set, decoder))])
                : new("samples", "Samples", "The same samples before and after postprocessing, beside real points that no model has seen.",
                    [.. samples.Where(set => set.Stages[0].Points.Width >= 2).Select(set => ScatterFigure.Create(real!, set))]),
            new("trajectories", "Trajectories", "How guidance bends the way from noise to data.",
                [.. run.Trajectories().Where(set => set.States.Shape[2] >= 2).GroupBy(set => set.Guidance).Select(group => TrajectoryFigure.Create(real, [.. group]))]),
            new("denoiser", "Learned against exact", "How much of the ideal denoiser the network has learned, at every noise level.",
                DenoiserErrorFigure.Create(run.DenoiserErrors()) is { } errors ? [errors] : []),
            new("training", "Training", "Every model that this run trained.",
                run.TrainingCurves() is { Count: > 0 } curves ? [TrainingFigure.Create(curves)] : []),
        ];
    }
}
