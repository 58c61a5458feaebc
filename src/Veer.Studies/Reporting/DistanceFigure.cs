using ScottPlot;

namespace Veer.Studies.Reporting;

/// <summary>The distance to real data by guidance scale, a line per stage, with the floor that a second real sample sets.</summary>
internal static class DistanceFigure
{
    private const int MostClasses = 3;

    public static Figure? Create(ResultTable table, string guidance)
    {
        var scales = table.ScalesOf(guidance);
        if (scales.Count < 2 || !table.Scaling.TryGetValue(MetricInfo.NearestDistance, out var unit)) return null;
        var classes = table.Classes.Where(name => name != "all").ToList();
        if (classes.Count is 0 or > MostClasses) classes = ["all"];
        var lines = classes
            .SelectMany(name => table.StageNames.Select(stage => (Class: name, Stage: stage, Points: Points(table, guidance, name, stage, unit))))
            .Where(line => line.Points.Length > 0).ToList();
        if (lines.Count == 0) return null;
        double[] floors = [.. classes.Select(name => table.Floor(name, MetricInfo.NearestDistance)).OfType<double>().Where(IsDrawable)
            .Select(value => Math.Log10(value * unit.Factor))];
        var levels = lines.SelectMany(line => line.Points).Select(point => point.Y).Concat(floors).ToList();
        var grid = new PanelGrid(classes.Count) { Padding = new(left: 62, right: 12, bottom: 44, top: 30) };
        foreach (string stage in lines.Select(line => line.Stage).Distinct()) grid.AddLegend(stage, Palette.Stage(stage), LegendKey.Line);
        if (floors.Length > 0) grid.AddLegend("real against real", Palette.Real, LegendKey.Dashes);
        foreach (string name in classes)
        {
            var panel = grid.AddPanel(Text.Capitalize(Text.Class(name)), 290);
            PanelGrid.LabelAxes(panel, "guidance scale w", $"distance {unit.Unit}".TrimEnd());
            if (table.Floor(name, MetricInfo.NearestDistance) is { } floor && IsDrawable(floor))
                panel.Add.HorizontalLine(Math.Log10(floor * unit.Factor), 1.5f, Palette.Real, LinePattern.Dashed);
            foreach (var line in lines.Where(line => line.Class == name))
            {
                var drawn = panel.Add.Scatter(line.Points, Palette.Stage(line.Stage));
                (drawn.LineWidth, drawn.MarkerSize) = (2.5f, 8);
            }
            panel.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericManual([.. scales], [.. scales.Select(Text.Scale)]);
            LogAxis.Apply(panel.Axes.Left, levels.Min(), levels.Max());
            double side = 0.06 * (scales[^1] - scales[0]);
            panel.Axes.SetLimits(scales[0] - side, scales[^1] + side, levels.Min() - 0.1, levels.Max() + 0.1);
        }
        return grid.ToFigure(
            $"distance-{guidance}",
            "",
            "Mean distance to the nearest held-out real point by guidance scale, on a logarithmic axis. "
            + "The dashed line is the floor: real points that no model has seen, measured the same way.",
            $"Line chart of the distance to the nearest real point by guidance scale for {Text.Enumerate(table.StageNames)}.");
    }

    private static bool IsDrawable(double value) => double.IsFinite(value) && value > 0;

    private static Coordinates[] Points(ResultTable table, string guidance, string name, string stage, MetricScale unit) =>
        [.. table.ScalesOf(guidance).Select(scale => (scale, Value: table.Find(guidance, scale, name, stage, MetricInfo.NearestDistance)))
            .Where(point => point.Value is { } value && IsDrawable(value))
            .Select(point => new Coordinates(point.scale, Math.Log10(point.Value!.Value * unit.Factor)))];
}
