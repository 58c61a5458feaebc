using Veer.Studies.Reporting.Drawing;
using Veer.Studies.Runs;

namespace Veer.Studies.Reporting.Figures;

/// <summary>Figures that the page folds away under one line.</summary>
internal sealed record FigureFold(string Summary, IReadOnlyList<Figure> Figures);

/// <summary>One part of the page: a heading, figures in sight, a few sentences on how to read them, figures folded away. Without figures it is left out.</summary>
internal sealed record ReportSection(
    string Id, string Heading, IReadOnlyList<string> Reading, IReadOnlyList<Figure> Figures, IReadOnlyList<FigureFold> Folds)
{
    /// <summary>Tables, as HTML; empty where there are none.</summary>
    public string Tables { get; init; } = "";

    public IEnumerable<Figure> All => Figures.Concat(Folds.SelectMany(fold => fold.Figures));
}

/// <summary>Which figures a run's files allow, section by section, in the order of the page: what the study reproduces as pictures, then numbers.</summary>
internal static class ReportSections
{
    /// <summary>The section whose figures stand among the numbers.</summary>
    public const string Numbers = "numbers";

    private const int MostLineTrajectoriesInSight = 2, MostCurvesTogether = 9;

    public static IReadOnlyList<ReportSection> All(RunFolder run, StudyNotes study, ResultTable table)
    {
        var real = run.Real();
        var trajectories = run.Trajectories();
        int? dimensions = real?.Points.Width ?? (trajectories.Count > 0 ? trajectories[0].Dimensions : null);
        ReportSection[] samples = [.. SampleSections.Create(run, real, study)], ways = [Trajectories(study, real, trajectories)], numbers = [OfNumbers(table, study, dimensions), Strengths(run.StrengthTrials(), study)];
        // Ways through more dimensions show little; where nothing is repaired they are the subject.
        bool plane = dimensions <= 2, repaired = table.StageNames.Count > 1;
        return
        [
            .. !plane ? [.. samples.Take(1), .. numbers, .. samples.Skip(1), .. ways] : repaired ? [.. samples, .. ways, .. numbers] : (ReportSection[])[.. ways, .. samples, .. numbers],
            new("denoiser", "Learned against exact", [DenoiserErrorFigure.Reading], [], Fold("Denoiser error by noise level", [DenoiserErrorFigure.Create(run.DenoiserErrors())])),
            new("training", "Training", ["Every model that this run trained."], [], Training(run.TrainingCurves())),
        ];
    }

    /// <summary>One chart in sight: several guidances are compared with each other, one with itself by scale.</summary>
    private static ReportSection OfNumbers(ResultTable table, StudyNotes study, int? dimensions)
    {
        Figure?[] distances = [.. table.Guidances.Select(guidance => DistanceFigure.Create(table, guidance, study))];
        // On a line Wasserstein-1 says it all.
        Figure?[] fidelity = dimensions == 1 ? [] : [FidelityFigure.Create(table, study)];
        Figure[] charts = [.. (table.Guidances.Count > 1 ? fidelity.Concat(distances) : distances.Concat(fidelity)).Append(ScaleFigure.Create(table, study)).OfType<Figure>()];
        return new(Numbers, "Numbers", [], [.. charts.Take(1)], Fold($"{charts.Length - 1} more {(charts.Length == 2 ? "chart" : "charts")}", [.. charts.Skip(1)]));
    }

    /// <summary>In sight where samples were given: how far to repair them is what their user asks.</summary>
    private static ReportSection Strengths(IReadOnlyList<StrengthTrial> trials, StudyNotes study)
    {
        var figure = StrengthFigure.Create(trials, study);
        return new("strength", "How far to repair", StrengthFigure.Reading(trials, study), figure is not null && study.IsGiven ? [figure] : [], study.IsGiven ? [] : Fold("Distance by strength", [figure]));
    }

    private static ReportSection Trajectories(StudyNotes study, RealSet? real, IReadOnlyList<GuidedTrajectories> guided)
    {
        bool line = guided is [{ Dimensions: 1 }, ..];
        var figures = guided.Select(one => one.Dimensions == 1 ? LineTrajectoryFigure.Create(one, study.Name(one.Guidance))
            : TrajectoryFigure.Create(one, real?.Points.Width == one.Dimensions ? real : null, study.Name(one.Guidance))).ToList();
        int inSight = line ? MostLineTrajectoriesInSight : figures.Count == 0 || guided[0].Dimensions > 2 ? 0 : 1;
        return new("trajectories", "Trajectories", line ? LineTrajectoryFigure.Reading : TrajectoryFigure.Reading, [.. figures.Take(inSight)], Fold(
            $"Trajectories of {figures.Count - inSight} {(inSight > 0 ? "more " : "")}{(figures.Count - inSight == 1 ? "guidance" : "guidances")}", [.. figures.Skip(inSight)]));
    }

    private static IReadOnlyList<FigureFold> Training(IReadOnlyList<TrainingCurve> curves)
    {
        // Generators and classifiers apart: sweeps have dozens of postprocessors.
        var kinds = curves.ToLookup(curve => curves.Count > MostCurvesTogether && curve.Model.StartsWith("postprocessor-", StringComparison.Ordinal));
        return [.. Losses("training", [.. kinds[false]], "model"), .. Losses("training-postprocessors", [.. kinds[true]], "postprocessor")];

        static IReadOnlyList<FigureFold> Losses(string name, IReadOnlyList<TrainingCurve> some, string what) =>
            Fold($"Training loss of {some.Count} {what}{(some.Count == 1 ? "" : "s")}", some.Count == 0 ? [] : [TrainingFigure.Create(name, some)]);
    }

    /// <summary>The figures that there are under one line; nothing without any.</summary>
    private static IReadOnlyList<FigureFold> Fold(string summary, IEnumerable<Figure?> figures) => [.. figures.OfType<Figure>().ToList() is { Count: > 0 } some ? [new FigureFold(summary, some)] : Array.Empty<FigureFold>()];
}
