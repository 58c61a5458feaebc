using ScottPlot;
using Veer.Metrics;

namespace Veer.Studies.Reporting;

/// <summary>What guidance does to trajectories, by its scale: a panel per metric, a line per guidance, learned and closed form side by side.</summary>
internal static class ScaleFigure
{
    private const int Columns = 2, PanelHeight = 280;
    private const double Margin = 0.08;

    private sealed record Line(string Guidance, Coordinates[] Points);

    public static Figure? Create(ResultTable table, StudyNotes study)
    {
        var panels = MetricInfo.OfTrajectories.Select(metric => (Metric: MetricInfo.Of(metric), Lines: Lines(table, metric)))
            .Where(panel => panel.Lines.Any(line => line.Points.Length > 1)).ToList();
        if (panels.Count == 0) return null;
        var drawn = table.Guidances.Where(guidance => panels.Any(panel => panel.Lines.Any(line => line.Guidance == guidance))).ToList();
        var grid = new PanelGrid(Columns) { Padding = new(left: 58, right: 12, bottom: 44, top: 30) };
        foreach (string guidance in drawn)
        {
            grid.AddLegend(
                guidance + study.Suffix(guidance), Palette.Guidance(guidance, table.Guidances),
                study.IsClosedForm(guidance) ? LegendKey.Dashes : LegendKey.Line, Palette.Shape(drawn.IndexOf(guidance)));
        }
        foreach (var (metric, lines) in panels)
        {
            var panel = grid.AddPanel(metric.Title, PanelHeight);
            PanelGrid.LabelAxes(panel, "guidance scale w", metric.Name == MetricInfo.Bend ? "length over straight line" : "distance");
            foreach (var line in lines)
            {
                new SeriesLine(
                    Palette.Guidance(line.Guidance, table.Guidances), 2.2f, Palette.Shape(drawn.IndexOf(line.Guidance)), 8, study.IsClosedForm(line.Guidance))
                    .Add(panel, line.Points);
            }
            double[] levels = [.. lines.SelectMany(line => line.Points).Select(point => point.Y)];
            // Distances begin at zero, bends at one: the height over it is what one compares.
            double bottom = Math.Min(levels.Min(), metric.Name == MetricInfo.Bend ? 1 : 0), range = Math.Max(levels.Max() - bottom, 1e-6);
            panel.Axes.SetLimitsY(bottom - Margin / 2 * range, levels.Max() + Margin * range);
            ScaleAxis.Apply(panel, [.. lines.SelectMany(line => line.Points).Select(point => point.X).Distinct().Order()], grid.DataWidth);
        }
        string titles = Text.Enumerate([.. panels.Select(panel => panel.Metric.Title.ToLowerInvariant())]);
        return grid.ToFigure(
            "trajectories-by-scale",
            "What the scale does to trajectories",
            "One line per guidance, before any postprocessing. "
            + (drawn.Any(study.IsClosedForm) ? "Dashed lines are closed-form models: what lies between one and its learned twin comes from learning, not from theory. " : "")
            + "A line that rises to the right is an effect that grows with the guidance scale.",
            $"Line charts by guidance scale of {titles} for {Text.Enumerate(drawn)}.");
    }

    private static List<Line> Lines(ResultTable table, string metric) =>
        [.. table.Guidances.Select(guidance => new Line(
                guidance, [.. table.Curve(guidance, "all", Stages.Before, metric).Select(point => new Coordinates(point.Scale, point.Value))]))
            .Where(line => line.Points.Length > 0)];
}
