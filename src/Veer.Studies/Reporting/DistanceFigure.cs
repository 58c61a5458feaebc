using ScottPlot;

namespace Veer.Studies.Reporting;

/// <summary>The distance to real data by guidance scale, a line per stage, with the floor that a second real sample sets.</summary>
internal static class DistanceFigure
{
    private const int MostClasses = 3, MostLines = 8;

    private sealed record Line(string Class, string Stage, Coordinates[] Points);

    public static Figure? Create(ResultTable table, string guidance, string kind)
    {
        var scales = table.ScalesOf(guidance);
        if (scales.Count < 2 || !table.Scaling.TryGetValue(MetricInfo.NearestDistance, out var unit)) return null;
        var stages = table.StagesOf(guidance);
        // Guidances that nothing repairs are compared with each other, in one figure.
        if (stages.Count == 1 && table.Guidances.Count > 1) return null;
        var shown = Stages.Preferred(stages, MostLines - 1);
        var classes = table.Classes.Where(name => name != "all").ToList();
        // Many lines need a wide panel.
        bool wide = shown.Count > MostLines / 2;
        if (classes.Count is 0 or > MostClasses || wide) classes = ["all"];
        var lines = classes.SelectMany(name => shown.Select(stage => new Line(name, stage, Points(table, guidance, name, stage, unit))))
            .Where(line => line.Points.Length > 0).ToList();
        if (lines.Count == 0) return null;
        double[] floors = [.. classes.Select(name => table.Floor(name, MetricInfo.NearestDistance)).OfType<double>().Where(LogAxis.CanShow)
            .Select(value => Math.Log10(value * unit.Factor))];
        var levels = lines.SelectMany(line => line.Points).Select(point => point.Y).Concat(floors).ToList();
        var grid = new PanelGrid(classes.Count, fewest: wide ? 1 : 2) { Padding = new(left: 62, right: 12, bottom: 44, top: 30) };
        foreach (var (place, stage) in shown.Index().Where(entry => lines.Any(line => line.Stage == entry.Item)))
            grid.AddLegend(stage, Palette.Stage(stage, stages), LegendKey.Line, Palette.Shape(place));
        if (floors.Length > 0) grid.AddLegend("real against real", Palette.Real, LegendKey.Dashes);
        foreach (string name in classes)
        {
            var panel = grid.AddPanel(Text.Capitalize(Text.Class(name)), 290);
            PanelGrid.LabelAxes(panel, "guidance scale w", $"distance {unit.Unit}".TrimEnd());
            if (table.Floor(name, MetricInfo.NearestDistance) is { } floor && LogAxis.CanShow(floor))
                SeriesLine.AddFloor(panel, Math.Log10(floor * unit.Factor), scales[0] - (scales[^1] - scales[0]), 2 * scales[^1]);
            foreach (var line in lines.Where(line => line.Class == name))
                new SeriesLine(Palette.Stage(line.Stage, stages), 2.5f, Palette.Shape(shown.ToList().IndexOf(line.Stage)), 8, IsDashed: false).Add(panel, line.Points);
            LogAxis.Apply(panel.Axes.Left, levels.Min(), levels.Max());
            panel.Axes.SetLimitsY(levels.Min() - 0.1, levels.Max() + 0.1);
            ScaleAxis.Apply(panel, scales, grid.DataWidth);
        }
        string left = stages.Count > shown.Count ? $" {shown.Count} of {stages.Count} stages are drawn; the table has all." : "";
        return grid.ToFigure(
            $"distance-{guidance}",
            table.Guidances.Count > 1 ? $"{Text.Capitalize(guidance)}{kind}" : "",
            "Mean distance to the nearest held-out real point by guidance scale, on a logarithmic axis. "
            + $"The dashed line is the floor: real points that no model has seen, measured the same way.{left}",
            $"Line chart of the distance to the nearest real point by guidance scale for {Text.Enumerate(shown)}.");
    }

    private static Coordinates[] Points(ResultTable table, string guidance, string name, string stage, MetricScale unit) =>
        [.. table.Curve(guidance, name, stage, MetricInfo.NearestDistance).Where(point => LogAxis.CanShow(point.Value))
            .Select(point => new Coordinates(point.Scale, Math.Log10(point.Value * unit.Factor)))];
}
