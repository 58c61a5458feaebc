using ScottPlot;
using ScottPlot.TickGenerators;
using SkiaSharp;
using Veer.Studies.Pipeline;

namespace Veer.Studies.Reporting;

/// <summary>Fidelity against coverage: a curve per guidance over its scales, and what postprocessing makes of it; the floor is a star.</summary>
internal static class FidelityFigure
{
    private const int PanelHeight = 520, MostGuidances = 10, MostStages = 8, FewestStages = 3, TickSpacing = 60;
    private const double Margin = 0.09;

    /// <param name="Guidance">The guidance.</param>
    /// <param name="Stage">The stage.</param>
    /// <param name="Points">Place and scale, in ascending order of scale.</param>
    /// <param name="Color">Of the line.</param>
    /// <param name="Marker">Its second sign.</param>
    private sealed record Curve(string Guidance, string Stage, IReadOnlyList<(Coordinates Place, double Scale)> Points, Color Color, MarkerShape Marker)
    {
        public bool IsBefore => Stage == Stages.Before;
    }

    /// <summary>The figure; null where there is nothing to compare: one guidance with at most two postprocessors.</summary>
    public static Figure? Create(ResultTable table, StudyNotes study)
    {
        bool several = table.Guidances.Count > 1;
        if (!several && table.StageNames.Count(stage => stage != Stages.Before) < FewestStages) return null;
        var axes = FidelityAxes.Of(table);
        var curves = Curves(table, axes, several).Where(curve => curve.Points.Count > 0).ToList();
        if (curves.Count < 2) return null;
        var star = axes.Place(table.Floor("all", axes.Coverage), table.Floor("all", axes.Fidelity));
        var all = curves.SelectMany(curve => curve.Points).Select(point => point.Place).ToList();
        if (star is { } floor) all.Add(floor);
        var grid = new PanelGrid(1, fewest: 1) { Padding = new(left: 66, right: 16, bottom: 46, top: 12) };
        AddLegend(grid, curves, study, several);
        if (star is not null) grid.AddLegend("real against real (floor)", Palette.Ink, LegendKey.Star);
        var panel = grid.AddPanel("", PanelHeight);
        PanelGrid.LabelAxes(panel, axes.CoverageLabel, axes.FidelityLabel);
        foreach (var curve in curves)
            new SeriesLine(curve.Color, curve.IsBefore ? 2.2f : 1.4f, curve.Marker, 8, !curve.IsBefore).Add(panel, [.. curve.Points.Select(point => point.Place)]);
        panel.Add.Plottable(new Drawn((canvas, place) => DrawMarks(canvas, place, curves, star)));
        var (left, right, bottom, top) = (all.Min(point => point.X), all.Max(point => point.X), all.Min(point => point.Y), all.Max(point => point.Y));
        if (axes.IsLogarithmic)
        {
            LogAxis.Apply(panel.Axes.Bottom, left, right);
            LogAxis.Apply(panel.Axes.Left, bottom, top);
        }
        else ((NumericAutomatic)panel.Axes.Bottom.TickGenerator).MinimumTickSpacing = TickSpacing;
        panel.Axes.SetLimits(
            left - Side(right - left), right + Side(right - left), bottom - Side(top - bottom), top + Side(top - bottom));
        return grid.ToFigure(
            "fidelity-coverage",
            "Fidelity against coverage",
            "Each point is one guidance scale, over all classes; solid lines join the scales of a guidance before postprocessing, dashed lines the same after it. "
            + $"{axes.Reading} {(star is null ? "" : "The star is where a second real sample stands: there is best, past it samples are nearer to the data than data is.")}{(axes.IsLogarithmic ? " Both axes are logarithmic." : "")}"
            + Omitted(table),
            $"{(axes.IsLogarithmic ? "Log-log chart" : "Chart")} of {axes.Names} for {Text.Enumerate([.. curves.Select(curve => Name(curve, table, study))])}.");
    }

    private static void AddLegend(PanelGrid grid, IReadOnlyList<Curve> curves, StudyNotes study, bool several)
    {
        foreach (var curve in curves.Where(curve => !several || curve.IsBefore))
        {
            string name = several ? curve.Guidance + study.Suffix(curve.Guidance) : curve.Stage;
            grid.AddLegend(name, curve.Color, curve.IsBefore ? LegendKey.Line : LegendKey.Dashes, curve.Marker);
        }
        if (!several) return;
        foreach (var curve in curves.Where(curve => !curve.IsBefore).DistinctBy(curve => curve.Stage))
            grid.AddLegend($"the same, {curve.Stage}", Palette.Real, LegendKey.Dashes, curve.Marker);
    }

    private static IEnumerable<Curve> Curves(ResultTable table, FidelityAxes axes, bool several)
    {
        foreach (string guidance in table.Guidances.Take(MostGuidances))
        {
            var stages = table.StagesOf(guidance);
            foreach (string stage in Stages.Preferred(stages, MostPostprocessed(table)))
            {
                var points = table.ScalesOf(guidance)
                    .Select(scale => (Place: axes.Place(
                        table.Find(guidance, scale, "all", stage, axes.Coverage), table.Find(guidance, scale, "all", stage, axes.Fidelity)), scale))
                    .Where(point => point.Place is not null).Select(point => (point.Place!.Value, point.scale)).ToList();
                // Several guidances: colour says which one, shape says which stage. One: both say which stage.
                int shape = (several ? table.StageNames : stages).ToList().IndexOf(stage);
                yield return new(
                    guidance, stage, points, several ? Palette.Guidance(guidance, table.Guidances) : Palette.Stage(stage, stages), Palette.Shape(shape));
            }
        }
    }

    private static string Omitted(ResultTable table)
    {
        bool stages = table.Guidances.Any(guidance => table.StagesOf(guidance).Count - 1 > MostPostprocessed(table));
        return stages || table.Guidances.Count > MostGuidances ? " Not all that was measured is drawn: the tables have the rest." : "";
    }

    /// <summary>The more guidances, the fewer of their postprocessed curves: beyond some twenty none can be told from another.</summary>
    private static int MostPostprocessed(ResultTable table) => table.Guidances.Count switch { 1 => MostStages - 1, <= 3 => 2, _ => 1 };

    private static string Name(Curve curve, ResultTable table, StudyNotes study) => table.Guidances.Count == 1 ? curve.Stage
        : curve.IsBefore ? curve.Guidance + study.Suffix(curve.Guidance) : $"{curve.Guidance}, {curve.Stage}";

    private static double Side(double range) => Math.Max(Margin * range, 0.05);

    private static void DrawMarks(SKCanvas canvas, Func<double, double, SKPoint> place, IReadOnlyList<Curve> curves, Coordinates? star)
    {
        var labels = new PointLabels();
        foreach (var curve in curves) labels.KeepFree([.. curve.Points.Select(point => place(point.Place.X, point.Place.Y))]);
        if (star is { } floor)
        {
            labels.KeepFree([place(floor.X, floor.Y)]);
            Star.Draw(canvas, place(floor.X, floor.Y), Palette.Ink);
        }
        // The curves before postprocessing are the subject: their labels take their places first.
        foreach (var curve in curves.OrderBy(curve => curve.IsBefore ? 0 : 1))
        {
            foreach (var (point, scale) in curve.Points)
                labels.Draw(canvas, place(point.X, point.Y), curve.IsBefore ? $"w = {Text.Scale(scale)}" : Text.Scale(scale), curve.Color);
        }
    }
}
