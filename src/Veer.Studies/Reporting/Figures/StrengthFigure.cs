using ScottPlot;
using Veer.Studies.Reporting.Drawing;
using Veer.Studies.Runs;

namespace Veer.Studies.Reporting.Figures;

/// <summary>How the distance to real data changes with the strength of a repair, on samples drawn for this choice, and the strength that was chosen.</summary>
internal static class StrengthFigure
{
    private const int MostLines = 8, PanelHeight = 320;
    private const double Margin = 0.08;

    /// <summary>What was chosen, and whether training points were given back: a sentence each.</summary>
    public static IReadOnlyList<string> Reading(IReadOnlyList<StrengthTrial> trials, StudyNotes study) =>
    [
        "A part of the samples, neither trained on nor measured, tells how far each flow is followed: at strength 0 samples stay as they are, at 1 they go to its end.",
        .. trials.Where(_ => study.IsGiven).Select(trial => $"{Name(trial, trials, study)}: {Chosen(trial)}{(trial.Memorization is { } line ? $"; {line}" : "")}."),
    ];

    public static Figure? Create(IReadOnlyList<StrengthTrial> trials, StudyNotes study)
    {
        var shown = trials.Select(trial => (Trial: trial, Points: Points(trial))).Where(line => line.Points.Length > 1).Take(MostLines).ToList();
        if (shown.Count == 0) return null;
        var grid = new PanelGrid(1, fewest: 1) { Padding = new(left: 62, right: 12, bottom: 44, top: 12) };
        var panel = grid.AddPanel("", PanelHeight);
        ChartAxes.Label(panel, "strength", "distance to real data");
        foreach (var (place, (trial, points)) in shown.Index())
        {
            var line = new Series(points, ReportPalette.Class(place), 2.2f, ReportPalette.Shape(place));
            line.AddTo(panel);
            foreach (var bar in Errors(trial, points)) new Series(bar, line.Color, 1).AddTo(panel);
            grid.AddLegend(Name(trial, trials, study), LegendKey.Line(line.Color, line.Marker));
        }
        Coordinates[] stars = [.. from line in shown from point in line.Points where point.X == line.Trial.Chosen select point];
        grid.AddLegend("chosen", LegendKey.Star(ReportPalette.Ink));
        panel.Add.Plottable(new Drawn((canvas, place) => Array.ForEach(stars, star => Drawn.Star(canvas, place(star), ReportPalette.Ink))));
        double[] all = [.. shown.SelectMany(line => line.Points.Concat(Errors(line.Trial, line.Points).SelectMany(bar => bar))).Select(point => point.Y)];
        double margin = Math.Max(Margin * (all.Max() - all.Min()), 1e-6);
        panel.Axes.SetLimits(-0.03, 1.03, all.Min() - margin, all.Max() + margin);
        return grid.ToFigure(
            "strength",
            "",
            "The lower, the nearer samples are to real data. The star is the strength that was chosen"
            + (shown.Any(line => line.Trial.Tried.Any(tried => tried.Error is not null)) ? "; bars are three standard errors of the change from strength 0, which must be larger." : ".")
            + (shown.Count < trials.Count ? $" {shown.Count} of {trials.Count} are drawn." : ""),
            $"Line chart of the distance to real data by strength for {Text.Enumerate([.. shown.Select(line => Name(line.Trial, trials, study))])}.");
    }

    private static string Chosen(StrengthTrial trial) => trial.Chosen == 0 ? "strength 0, the samples stay as they are, as no other brings them nearer beyond doubt"
        : $"strength {Text.Scale(trial.Chosen)}, at which the distance is {Distance(trial, trial.Chosen)} in place of {Distance(trial, 0)}";

    private static string Distance(StrengthTrial trial, double strength) => Text.Significant(trial.Tried.FirstOrDefault(tried => tried.Strength == strength)?.Distance ?? double.NaN);

    private static string Name(StrengthTrial trial, IReadOnlyList<StrengthTrial> all, StudyNotes study) =>
        Text.Capitalize(trial.Guidance) + study.AtScale(trial.Guidance, trial.Scale) + (all.Select(other => other.Stage).Distinct().Count() > 1 ? $", {trial.Stage}" : "");

    private static Coordinates[] Points(StrengthTrial trial) =>
        [.. from tried in trial.Tried where tried.Distance is { } distance && ResultTable.CanDraw(distance) select new Coordinates(tried.Strength, tried.Distance!.Value)];

    private static IEnumerable<Coordinates[]> Errors(StrengthTrial trial, Coordinates[] points)
    {
        const int errors = 3;
        return from tried in trial.Tried
               where tried.Error > 0 && ResultTable.CanDraw(tried.Error.Value)
               from point in points
               where point.X == tried.Strength
               let half = errors * tried.Error!.Value
               select (Coordinates[])[new(point.X, point.Y - half), new(point.X, point.Y + half)];
    }
}
