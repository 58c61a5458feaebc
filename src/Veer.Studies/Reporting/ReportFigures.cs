namespace Veer.Studies.Reporting;

/// <summary>Figures that the page folds away under one line.</summary>
internal sealed record FigureFold(string Summary, IReadOnlyList<Figure> Figures);

/// <summary>One part of the page: a heading, figures in sight, a few sentences on how to read them, figures folded away. Without figures it is left out.</summary>
internal sealed record ReportSection(
    string Id, string Heading, IReadOnlyList<string> Reading, IReadOnlyList<Figure> Figures, IReadOnlyList<FigureFold> Folds)
{
    public IEnumerable<Figure> All => Figures.Concat(Folds.SelectMany(fold => fold.Figures));
}

/// <summary>Which figures a run's files allow, section by section, in the order of the page: what the study reproduces as pictures, then numbers.</summary>
internal static class ReportFigures
{
    /// <summary>The section whose figures stand among the numbers.</summary>
    public const string Numbers = "numbers";

    private const int MostLineTrajectoriesInSight = 2, MostCurvesTogether = 9;

    public static IReadOnlyList<ReportSection> All(RunFolder run, ResultTable table)
    {
        var real = run.Real();
        var trajectories = TrajectoriesOf(run);
        int? dimensions = real?.Points.Width ?? trajectories.FirstOrDefault()?.First().Dimensions;
        ReportSection[] samples = [.. SampleSections.Of(run, real)], ways = [Trajectories(run, real, trajectories)], numbers = [OfNumbers(run, table, dimensions)];
        // Ways through more dimensions show little; where nothing is repaired they are the subject.
        bool plane = dimensions <= 2, repaired = table.StageNames.Count > 1;
        return
        [
            .. !plane ? [.. samples.Take(1), .. numbers, .. samples.Skip(1), .. ways] : repaired ? [.. samples, .. ways, .. numbers] : (ReportSection[])[.. ways, .. samples, .. numbers],
            new("denoiser", "Learned against exact", DenoiserErrorFigure.Reading, [], Fold("Denoiser error by noise level", [.. Optional(DenoiserErrorFigure.Create(run.DenoiserErrors()))])),
            new("training", "Training", ["Every model that this run trained."], [], Training(run.TrainingCurves())),
        ];
    }

    /// <summary>One chart in sight: several guidances are compared with each other, one with itself by scale.</summary>
    private static ReportSection OfNumbers(RunFolder run, ResultTable table, int? dimensions)
    {
        var distances = table.Guidances.Select(guidance => DistanceFigure.Create(table, guidance, run.Study.Suffix(guidance))).OfType<Figure>();
        // On a line Wasserstein-1 says it all.
        Figure[] fidelity = dimensions == 1 ? [] : [.. Optional(FidelityFigure.Create(table, run.Study))];
        Figure[] charts = [.. table.Guidances.Count > 1 ? [.. fidelity, .. distances] : (Figure[])[.. distances, .. fidelity], .. Optional(ScaleFigure.Create(table, run.Study))];
        return new(Numbers, "Numbers", [], [.. charts.Take(1)], Fold($"{charts.Length - 1} more {(charts.Length == 2 ? "chart" : "charts")}", [.. charts.Skip(1)]));
    }

    private static List<IGrouping<string, TrajectorySet>> TrajectoriesOf(RunFolder run) => [.. run.Trajectories().GroupBy(set => set.Guidance)];

    private static ReportSection Trajectories(RunFolder run, RealSet? real, List<IGrouping<string, TrajectorySet>> groups)
    {
        var density = run.Density();
        bool line = groups.Count > 0 && groups[0].First().Dimensions == 1;
        var figures = groups.Select(group =>
        {
            var (sets, boundary, kind) = (group.ToList(), run.Boundary(group.Key), run.Study.Suffix(group.Key));
            Check(sets, boundary, density);
            return sets[0].Dimensions == 1 ? LineTrajectoryFigure.Create(sets, density, boundary, kind) : TrajectoryFigure.Create(real?.Points.Width == sets[0].Dimensions ? real : null, sets, boundary, kind);
        }).ToList();
        int inSight = line ? MostLineTrajectoriesInSight : figures.FirstOrDefault() is null || groups[0].First().Dimensions > 2 ? 0 : 1;
        return new("trajectories", "Trajectories", line ? LineTrajectoryFigure.Reading : TrajectoryFigure.Reading, [.. figures.Take(inSight)], Fold(
            $"Trajectories of {figures.Count - inSight} {(inSight > 0 ? "more " : "")}{(figures.Count - inSight == 1 ? "guidance" : "guidances")}", [.. figures.Skip(inSight)]));

        void Check(List<TrajectorySet> sets, DrawnBoundary? boundary, LineDensity? density)
        {
            foreach (var set in sets)
            {
                if (set.Dimensions != sets[0].Dimensions)
                    throw new InputException(run.At($"generated/{set.Guidance}-w{Text.Scale(set.Scale)}/trajectories.npz"), "states", $"{set.Dimensions} dimensions", $"{sets[0].Dimensions}, as at other scales");
                if (set.Dimensions == 1 && density is not null && density.Values.Rows != set.Steps)
                    throw new InputException(run.At("samples/density.npz"), "values", $"{density.Values.Rows} rows", $"{set.Steps}, one per state of {set.Guidance}'s trajectories");
                if (boundary?.Steps.Any(step => step < 0 || step >= set.Steps) == true)
                    throw new InputException(
                        run.At($"samples/boundary-{set.Guidance}.npz"), "steps", $"{boundary.Steps.Min()} to {boundary.Steps.Max()}", $"0 to {set.Steps - 1}, states of the trajectories");
            }
        }
    }

    private static IReadOnlyList<FigureFold> Training(IReadOnlyList<TrainingCurve> curves)
    {
        // Generators and classifiers apart: sweeps have dozens of postprocessors.
        bool few = curves.Count <= MostCurvesTogether;
        var (others, postprocessors) = (curves.Where(curve => few || !IsPostprocessor(curve)).ToList(), curves.Where(curve => !few && IsPostprocessor(curve)).ToList());
        return [.. Losses("training", others, "model"), .. Losses("training-postprocessors", postprocessors, "postprocessor")];

        static bool IsPostprocessor(TrainingCurve curve) => curve.Model.StartsWith("postprocessor-", StringComparison.Ordinal);

        static IReadOnlyList<FigureFold> Losses(string name, IReadOnlyList<TrainingCurve> some, string what) =>
            some.Count == 0 ? [] : Fold($"Training loss of {some.Count} {what}{(some.Count == 1 ? "" : "s")}", [TrainingFigure.Create(name, some)]);
    }

    private static IReadOnlyList<FigureFold> Fold(string summary, IReadOnlyList<Figure> figures) => figures.Count == 0 ? [] : [new(summary, figures)];

    private static IEnumerable<Figure> Optional(Figure? figure) => figure is null ? [] : [figure];
}
