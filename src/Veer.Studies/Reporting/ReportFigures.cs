namespace Veer.Studies.Reporting;

/// <summary>Figures that the page folds away under one line.</summary>
internal sealed record FigureFold(string Summary, IReadOnlyList<Figure> Figures);

/// <summary>One part of the page: a heading, a few sentences, figures in sight, figures folded away. Without figures it is left out.</summary>
internal sealed record ReportSection(
    string Id, string Heading, IReadOnlyList<string> Lead, IReadOnlyList<Figure> Figures, IReadOnlyList<FigureFold> Folds)
{
    public IEnumerable<Figure> All => Figures.Concat(Folds.SelectMany(fold => fold.Figures));
}

/// <summary>Which figures a run's files allow, section by section, in the order of the page.</summary>
internal static class ReportFigures
{
    /// <summary>The section whose figures stand among the numbers.</summary>
    public const string Numbers = "numbers";

    private const int MostDistancesInSight = 2, MostTrajectoriesInSight = 8, MostPlaneTrajectoriesInSight = 4, MostCurvesInSight = 9;

    public static IReadOnlyList<ReportSection> All(RunFolder run, ResultTable table)
    {
        var real = run.Real();
        var trajectories = TrajectoriesOf(run);
        return
        [
            OfNumbers(run, table, real?.Points.Width ?? trajectories.FirstOrDefault()?.First().Dimensions),
            .. SampleSections.Of(run, real),
            Trajectories(run, real, trajectories),
            new("denoiser", "Learned against exact", DenoiserErrorFigure.Lead, [.. Optional(DenoiserErrorFigure.Create(run.DenoiserErrors()))], []),
            Training(run.TrainingCurves()),
        ];
    }

    private static ReportSection OfNumbers(RunFolder run, ResultTable table, int? dimensions)
    {
        var distances = table.Guidances.Select(guidance => DistanceFigure.Create(table, guidance, run.Study.Suffix(guidance))).OfType<Figure>().ToList();
        // On a line Wasserstein-1 says it all.
        var fidelity = dimensions == 1 ? null : FidelityFigure.Create(table, run.Study);
        bool few = distances.Count <= MostDistancesInSight;
        return new(Numbers, "", [], [.. Optional(ScaleFigure.Create(table, run.Study)), .. Optional(fidelity), .. few ? distances : []],
            few ? [] : [new($"Distance to real data by scale ({distances.Count} guidances)", distances)]);
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
            return sets[0].Dimensions == 1 ? LineTrajectoryFigure.Create(sets, density, boundary, kind) : TrajectoryFigure.Create(real, sets, boundary, kind);
        }).ToList();
        return Folded("trajectories", "Trajectories", line ? LineTrajectoryFigure.Lead : TrajectoryFigure.Lead, figures,
            line ? MostTrajectoriesInSight : MostPlaneTrajectoriesInSight, count => $"Trajectories of {count} more {(count == 1 ? "guidance" : "guidances")}");

        void Check(List<TrajectorySet> sets, DecisionBoundary? boundary, LineDensity? density)
        {
            foreach (var set in sets)
            {
                if (set.Dimensions == 1 && density is not null && density.Values.Rows != set.Steps)
                    throw new InputException(run.At("samples/density.npz"), "values", $"{density.Values.Rows} rows", $"{set.Steps}, one per state of {set.Guidance}'s trajectories");
                if (boundary?.Steps.Any(step => step < 0 || step >= set.Steps) == true)
                    throw new InputException(
                        run.At($"samples/boundary-{set.Guidance}.npz"), "steps", $"{boundary.Steps.Min()} to {boundary.Steps.Max()}", $"0 to {set.Steps - 1}, states of the trajectories");
            }
        }
    }

    private static ReportSection Training(IReadOnlyList<TrainingCurve> curves)
    {
        string[] lead = ["Every model that this run trained."];
        if (curves.Count <= MostCurvesInSight) return new("training", "Training", lead, curves.Count == 0 ? [] : [TrainingFigure.Create("training", curves)], []);
        // Generators and classifiers first: sweeps have dozens of postprocessors.
        var (postprocessors, others) = (curves.Where(IsPostprocessor).ToList(), curves.Where(curve => !IsPostprocessor(curve)).ToList());
        return new("training", "Training", lead, others.Count == 0 ? [] : [TrainingFigure.Create("training", others)],
            postprocessors.Count == 0 ? [] : [new($"Training of {postprocessors.Count} postprocessors", [TrainingFigure.Create("training-postprocessors", postprocessors)])]);

        static bool IsPostprocessor(TrainingCurve curve) => curve.Model.StartsWith("postprocessor-", StringComparison.Ordinal);
    }

    private static ReportSection Folded(
        string id, string heading, IReadOnlyList<string> lead, List<Figure> figures, int inSight, Func<int, string> summary)
    {
        FigureFold[] rest = figures.Count > inSight ? [new(summary(figures.Count - inSight), [.. figures.Skip(inSight)])] : [];
        return new(id, heading, lead, [.. figures.Take(inSight)], rest);
    }

    private static IEnumerable<Figure> Optional(Figure? figure) => figure is null ? [] : [figure];
}
