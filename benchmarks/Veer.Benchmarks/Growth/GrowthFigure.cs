using ScottPlot;
using Veer.Studies.Reporting.Drawing;

namespace Veer.Benchmarks.Growth;

/// <summary>Time and memory over size, both axes logarithmic: a panel per task and quantity, and dashed what grows as the work does.</summary>
internal static class GrowthFigure
{
    private const int Columns = 2, Height = 240;
    private const double Margin = 0.1;

    public static byte[] Draw(IEnumerable<(GrowthTask Task, List<GrowthPoint> Points)> measured)
    {
        var grid = new PanelGrid(Columns) { Padding = new(left: 58, right: 12, bottom: 44, top: 30) };
        grid.AddLegend("measured", LegendKey.Line(ReportPalette.Class(0), MarkerShape.FilledCircle));
        grid.AddLegend("as the work grows", LegendKey.Line(ReportPalette.Muted, dashed: true));
        foreach (var (task, points) in measured)
        {
            Add(task, "seconds", [.. points.Select(point => (point.Size, point.Seconds))]);
            Add(task, "peak memory, MB", [.. points.Select(point => (point.Size, point.Bytes / 1e6))]);
        }
        return Figure.ToSvg(grid.ToFigure("growth", "", "", "").DrawVectors());

        void Add(GrowthTask task, string quantity, (long Size, double Value)[] points)
        {
            var panel = grid.AddPanel(task.Name, Height);
            ChartAxes.Label(panel, task.Unit, quantity);
            Coordinates[] logs = [.. points.Select(point => new Coordinates(Math.Log10(point.Size), Math.Log10(point.Value)))];
            Coordinates[] work = [logs[0], new(logs[^1].X, logs[0].Y + task.Work * (logs[^1].X - logs[0].X))];
            new Series(work, ReportPalette.Muted, 1.5f, IsDashed: true).AddTo(panel);
            new Series(logs, ReportPalette.Class(0), 2.2f, MarkerShape.FilledCircle).AddTo(panel);
            ChartAxes.SetLog(panel.Axes.Bottom, [.. logs.Select(log => log.X)], Margin);
            ChartAxes.SetLog(panel.Axes.Left, [.. logs.Concat(work).Select(log => log.Y)], Margin);
        }
    }
}
