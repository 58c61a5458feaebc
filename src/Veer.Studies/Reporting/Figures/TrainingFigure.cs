using ScottPlot;
using Veer.Studies.Reporting.Drawing;
using Veer.Studies.Runs;

namespace Veer.Studies.Reporting.Figures;

/// <summary>Loss by step for every model: raw faint, smoothed strong; logarithmic where the loss allows it.</summary>
internal static class TrainingFigure
{
    private const int Columns = 3, MostPoints = 600, WindowsPerCurve = 40;

    public static Figure Create(string name, IReadOnlyList<TrainingCurve> curves)
    {
        var grid = new PanelGrid(Math.Clamp(curves.Count, 2, Columns)) { Padding = new(left: 58, right: 22, bottom: 44, top: 30) };
        grid.AddLegend("smoothed", LegendKey.Line(ReportPalette.Class(0)));
        grid.AddLegend("as logged", LegendKey.Line(ReportPalette.Class(0).WithAlpha(0.35)));
        foreach (var curve in curves) AddPanel(grid, curve);
        return grid.ToFigure(
            name,
            "",
            "Training loss by step. A curve that still falls at its right end would gain from more steps; one that lies flat would not.",
            $"Training loss of {curves.Count} models: {Text.Enumerate([.. curves.Select(curve => curve.Model)])}.");
    }

    private static void AddPanel(PanelGrid grid, TrainingCurve curve)
    {
        var panel = grid.AddPanel(curve.Model, 250);
        ChartAxes.Label(panel, "step", "loss");
        var finite = curve.Steps.Zip(curve.Losses).Where(point => ResultTable.CanDraw(point.Second)).ToList();
        if (finite.Count == 0) return;
        bool logarithmic = finite.All(point => point.Second > 0);
        Coordinates[] raw = [.. finite.Select(point => new Coordinates(point.First, logarithmic ? Math.Log10(point.Second) : point.Second))];
        new Series(Thin(raw), ReportPalette.Class(0).WithAlpha(0.3), 1).AddTo(panel);
        new Series(Thin(Smooth(raw)), ReportPalette.Class(0), 2).AddTo(panel);
        double[] losses = [.. raw.Select(point => point.Y)];
        double margin = Math.Max(0.05 * (losses.Max() - losses.Min()), 0.02);
        panel.Axes.SetLimits(0, Math.Max(raw.Max(point => point.X), 1), losses.Min() - margin, losses.Max() + margin);
        if (logarithmic) ChartAxes.SetLog(panel.Axes.Left, losses, margin);
    }

    /// <summary>The mean over a centred window, narrower at the ends so that it stays centred.</summary>
    private static Coordinates[] Smooth(Coordinates[] points)
    {
        int reach = Math.Max(1, points.Length / WindowsPerCurve / 2);
        return [.. points.Select((point, i) =>
        {
            int half = Math.Min(reach, Math.Min(i, points.Length - 1 - i));
            return new Coordinates(point.X, points[(i - half)..(i + half + 1)].Average(neighbor => neighbor.Y));
        })];
    }

    private static Coordinates[] Thin(Coordinates[] points)
    {
        int stride = Math.Max(1, points.Length / MostPoints);
        return [.. points.Where((_, i) => i % stride == 0 || i == points.Length - 1)];
    }
}
