using ScottPlot;

namespace Veer.Studies.Reporting;

/// <summary>Loss by step for every model: raw faint, smoothed strong; logarithmic where the loss allows it.</summary>
internal static class TrainingFigure
{
    private const int Columns = 3, MostPoints = 600, WindowsPerCurve = 40;

    public static Figure Create(string name, IReadOnlyList<TrainingCurve> curves)
    {
        var grid = new PanelGrid(Math.Clamp(curves.Count, 2, Columns)) { Padding = new(left: 58, right: 22, bottom: 44, top: 30) };
        grid.AddLegend("smoothed", Palette.Class(0), LegendKey.Line);
        grid.AddLegend("as logged", Palette.Class(0).WithAlpha(0.35), LegendKey.Line);
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
        PanelGrid.LabelAxes(panel, "step", "loss");
        var finite = curve.Steps.Zip(curve.Losses).Where(point => ResultTable.CanDraw(point.Second)).ToList();
        if (finite.Count == 0) return;
        bool logarithmic = finite.All(point => point.Second > 0);
        Coordinates[] raw = [.. finite.Select(point => new Coordinates(point.First, logarithmic ? Math.Log10(point.Second) : point.Second))];
        Coordinates[] smooth = Smooth(raw);
        AddLine(panel, Thin(raw), Palette.Class(0).WithAlpha(0.3), 1);
        AddLine(panel, Thin(smooth), Palette.Class(0), 2);
        double low = raw.Min(point => point.Y), high = raw.Max(point => point.Y), margin = Math.Max(0.05 * (high - low), 0.02);
        if (logarithmic) LogAxis.Apply(panel.Axes.Left, low, high);
        panel.Axes.SetLimits(0, Math.Max(raw.Max(point => point.X), 1), low - margin, high + margin);
    }

    /// <summary>The mean over a centred window, narrower at the ends so that it stays centred.</summary>
    internal static Coordinates[] Smooth(Coordinates[] points)
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

    private static void AddLine(Plot panel, Coordinates[] points, Color color, float width)
    {
        var line = panel.Add.ScatterLine(points, color);
        line.LineWidth = width;
    }
}
