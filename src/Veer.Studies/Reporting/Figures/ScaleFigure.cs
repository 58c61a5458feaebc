using ScottPlot;
using Veer.Studies.Reporting.Drawing;
using Veer.Studies.Runs;

namespace Veer.Studies.Reporting.Figures;

/// <summary>What guidance does to trajectories, by its scale: a panel per metric, a line per guidance, learned and closed form side by side.</summary>
internal static class ScaleFigure
{
    private const int Columns = 2, PanelHeight = 280;
    private const double Margin = 0.08;

    public static Figure? Create(ResultTable table, StudyNotes study)
    {
        var panels = MetricInfo.OfTrajectories.Select(metric => (Metric: MetricInfo.Of(metric), Lines: Lines(metric))).Where(panel => panel.Lines.Any(line => line.Points.Length > 1)).ToList();
        if (panels.Count == 0) return null;
        var drawn = table.Guidances.Where(guidance => panels.Any(panel => panel.Lines.Any(line => line.Guidance == guidance))).ToList();
        var grid = new PanelGrid(Columns) { Padding = new(left: 58, right: 12, bottom: 44, top: 30) };
        foreach (var (guidance, line) in drawn.Select(guidance => (guidance, LineOf(guidance, [])))) grid.AddLegend(study.Name(guidance), LegendKey.Line(line.Color, line.Marker, line.IsDashed));
        foreach (var (metric, lines) in panels)
        {
            bool bend = metric.Name == MetricInfo.Bend;
            var panel = grid.AddPanel(metric.Title, PanelHeight);
            ChartAxes.Label(panel, "guidance scale w", bend ? "length over straight line" : "distance");
            foreach (var (guidance, points) in lines) LineOf(guidance, points).AddTo(panel);
            Coordinates[] all = [.. lines.SelectMany(line => line.Points)];
            // Distances begin at zero, bends at one: the height over it is what one compares.
            double top = all.Max(point => point.Y), bottom = Math.Min(all.Min(point => point.Y), bend ? 1 : 0), range = Math.Max(top - bottom, 1e-6);
            panel.Axes.SetLimitsY(bottom - Margin / 2 * range, top + Margin * range);
            ChartAxes.SetScales(panel, [.. all.Select(point => point.X).Distinct().Order()], grid.DataWidth);
        }
        return grid.ToFigure(
            "trajectories-by-scale",
            "What the scale does to trajectories",
            "One line per guidance, before any postprocessing. "
            + (drawn.Any(study.IsClosedForm) ? "Dashed lines are closed-form models: what lies between one and its learned twin comes from learning, not from theory. " : "")
            + "A line that rises to the right is an effect that grows with the guidance scale.",
            $"Line charts by guidance scale of {Text.Enumerate([.. panels.Select(panel => panel.Metric.Title.ToLowerInvariant())])} for {Text.Enumerate(drawn)}.");

        List<(string Guidance, Coordinates[] Points)> Lines(string metric) =>
            [.. table.Guidances.Select(guidance => (guidance, Points: table.Curve(guidance, "all", Stages.Before, metric).Select(point => new Coordinates(point.Scale, point.Value)).ToArray()))
                .Where(line => line.Points.Length > 0)];

        Series LineOf(string guidance, Coordinates[] points) =>
            new(points, ReportPalette.Guidance(guidance, table.Guidances), 2.2f, ReportPalette.Shape(drawn.IndexOf(guidance)), study.IsClosedForm(guidance));
    }
}
