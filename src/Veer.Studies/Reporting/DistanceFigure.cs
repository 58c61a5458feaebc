using ScottPlot;
using Veer.Metrics;
using Veer.Studies.Pipeline;

namespace Veer.Studies.Reporting;

/// <summary>The distance to real data by guidance scale, a line per stage, with the floor that a second real sample sets; label agreement beside it.</summary>
internal static class DistanceFigure
{
    private const int MostClasses = 3, MostLines = 8, PanelHeight = 290;

    /// <summary>What one panel is about.</summary>
    private sealed record Chart(string Title, string Axis, string Metric, string Class, bool IsLogarithmic);

    private sealed record Line(Chart Chart, string Stage, Coordinates[] Points);

    public static Figure? Create(ResultTable table, string guidance, string kind)
    {
        var scales = table.ScalesOf(guidance);
        if (scales.Count < 2 || LeadingMetric.Of(table) is not { } leading) return null;
        var stages = table.StagesOf(guidance);
        // Guidances that nothing repairs are compared with each other, in one figure.
        if (stages.Count == 1 && table.Guidances.Count > 1) return null;
        var shown = Stages.Preferred(stages, MostLines - 1);
        // Many lines need a wide panel.
        bool wide = shown.Count > MostLines / 2;
        var lines = Charts(table, leading, wide).SelectMany(chart => shown.Select(stage => new Line(chart, stage, Points(table, guidance, chart, stage))))
            .Where(line => line.Points.Length > 0).ToList();
        var charts = lines.Select(line => line.Chart).Distinct().ToList();
        if (!charts.Any(chart => chart.Metric == leading.Name)) return null;
        var grid = new PanelGrid(wide ? 1 : charts.Count, fewest: wide ? 1 : 2) { Padding = new(left: 62, right: 12, bottom: 44, top: 30) };
        foreach (var (place, stage) in shown.Index().Where(entry => lines.Any(line => line.Stage == entry.Item)))
            grid.AddLegend(stage, Palette.Stage(stage, stages), LegendKey.Line, Palette.Shape(place));
        if (charts.Any(chart => Floor(table, chart) is not null)) grid.AddLegend("real against real", Palette.Real, LegendKey.Dashes);
        foreach (var chart in charts)
        {
            var panel = grid.AddPanel(chart.Title, PanelHeight);
            PanelGrid.LabelAxes(panel, "guidance scale w", $"{chart.Axis} {table.Scaling[chart.Metric].Unit}".TrimEnd());
            if (Floor(table, chart) is { } floor) SeriesLine.AddFloor(panel, floor, scales[0] - (scales[^1] - scales[0]), 2 * scales[^1]);
            foreach (var line in lines.Where(line => line.Chart == chart))
                new SeriesLine(Palette.Stage(line.Stage, stages), 2.5f, Palette.Shape(shown.ToList().IndexOf(line.Stage)), 8, IsDashed: false).Add(panel, line.Points);
            SetLevels(panel, chart, Levels(table, lines, chart.Metric));
            ScaleAxis.Apply(panel, scales, grid.DataWidth);
        }
        bool agreement = charts.Any(chart => chart.Metric == MetricInfo.LabelAgreement);
        string left = stages.Count > shown.Count ? $" {shown.Count} of {stages.Count} stages are drawn; the table has all." : "";
        return grid.ToFigure(
            $"distance-{guidance}",
            table.Guidances.Count > 1 ? $"{Text.Capitalize(guidance)}{kind}" : "",
            $"{Text.Capitalize(leading.Words)} by guidance scale, on a logarithmic axis{(agreement ? ", and the share of samples in which the judge sees the class asked for" : "")}. "
            + $"The dashed line is {(agreement ? "what held-out real images reach" : "the floor: real points that no model has seen")}, measured the same way.{left}",
            $"Line chart of {leading.Words}{(agreement ? " and of label agreement" : "")} by guidance scale for {Text.Enumerate(shown)}.");
    }

    private static IEnumerable<Chart> Charts(ResultTable table, LeadingMetric leading, bool wide)
    {
        bool frechet = leading.Name == MetricInfo.Frechet;
        var classes = table.Classes.Where(name => name != "all").ToList();
        if (classes.Count is 0 or > MostClasses || wide || frechet) classes = ["all"];
        foreach (string name in classes)
            yield return new(frechet ? MetricInfo.Of(leading.Name).Title : Text.Capitalize(Text.Class(name)), leading.Axis, leading.Name, name, IsLogarithmic: true);
        if (table.Has(MetricInfo.LabelAgreement))
            yield return new(MetricInfo.Of(MetricInfo.LabelAgreement).Title, "share of samples in", MetricInfo.LabelAgreement, "all", IsLogarithmic: false);
    }

    private static Coordinates[] Points(ResultTable table, string guidance, Chart chart, string stage) =>
        [.. table.Curve(guidance, chart.Class, stage, chart.Metric).Select(point => (point.Scale, Level: Level(table, chart, point.Value)))
            .Where(point => point.Level is not null).Select(point => new Coordinates(point.Scale, point.Level!.Value))];

    private static double? Floor(ResultTable table, Chart chart) => table.Floor(chart.Class, chart.Metric) is { } floor ? Level(table, chart, floor) : null;

    /// <summary>Where a value stands on the panel's axis; null where it cannot be shown.</summary>
    private static double? Level(ResultTable table, Chart chart, double value)
    {
        double shown = value * table.Scaling[chart.Metric].Factor;
        return chart.IsLogarithmic ? LogAxis.CanShow(shown) ? Math.Log10(shown) : null : double.IsFinite(shown) ? shown : null;
    }

    /// <summary>All that panels of one metric show: they share one range.</summary>
    private static List<double> Levels(ResultTable table, List<Line> lines, string metric)
    {
        var alike = lines.Where(line => line.Chart.Metric == metric).ToList();
        return [.. alike.SelectMany(line => line.Points).Select(point => point.Y), .. alike.Select(line => Floor(table, line.Chart)).OfType<double>()];
    }

    private static void SetLevels(Plot panel, Chart chart, List<double> levels)
    {
        var (low, high) = (levels.Min(), levels.Max());
        if (chart.IsLogarithmic) LogAxis.Apply(panel.Axes.Left, low, high);
        double margin = chart.IsLogarithmic ? 0.1 : Math.Max(0.08 * (high - low), 0.1);
        panel.Axes.SetLimitsY(low - margin, high + margin);
    }
}
