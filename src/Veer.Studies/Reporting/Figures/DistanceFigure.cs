using ScottPlot;
using Veer.Studies.Reporting.Drawing;
using Veer.Studies.Runs;

namespace Veer.Studies.Reporting.Figures;

/// <summary>The distance to real data by guidance scale, a line per stage, with the floor that a second real sample sets; label agreement beside it.</summary>
internal static class DistanceFigure
{
    private const int MostClasses = 3, MostLines = 8, PanelHeight = 290;

    /// <summary>What one panel is about.</summary>
    private sealed record Chart(ResultTable Table, string Title, string Axis, string Metric, string Class, bool IsLogarithmic)
    {
        public double? Floor => Table.Floor(Class, Metric) is { } floor ? Level(floor) : null;

        public Coordinates[] Points(string guidance, string stage) =>
            [.. from point in Table.Curve(guidance, Class, stage, Metric) let level = Level(point.Value) where level is not null select new Coordinates(point.Scale, level.Value)];

        /// <summary>Where a value stands on the axis; null where it cannot be shown.</summary>
        private double? Level(double value)
        {
            double shown = value * Table.Scaling[Metric].Factor;
            return IsLogarithmic ? ChartAxes.HasLog(shown) ? Math.Log10(shown) : null : double.IsFinite(shown) ? shown : null;
        }
    }

    public static Figure? Create(ResultTable table, string guidance, StudyNotes study)
    {
        var (scales, stages) = (table.ScalesOf(guidance), table.StagesOf(guidance));
        // Guidances that nothing repairs are compared with each other, in one figure.
        if (scales.Count < 2 || LeadingMetric.Of(table) is not { } leading || (stages.Count == 1 && table.Guidances.Count > 1)) return null;
        var shown = Stages.Preferred(stages, MostLines - 1);
        // Many lines need a wide panel.
        bool wide = shown.Count > MostLines / 2;
        var charts = Charts(table, leading, wide)
            .Select(chart => (Chart: chart, Lines: shown.Select((stage, place) => new Series(chart.Points(guidance, stage), ReportPalette.Stage(stage, stages), 2.5f, ReportPalette.Shape(place))).ToList()))
            .Where(chart => chart.Lines.Any(line => line.Points.Length > 0)).ToList();
        if (!charts.Any(entry => entry.Chart.Metric == leading.Name)) return null;
        bool floor = charts.Any(entry => entry.Chart.Floor is not null), agreement = charts.Any(entry => entry.Chart.Metric == MetricInfo.LabelAgreement);
        var grid = new PanelGrid(wide ? 1 : charts.Count, fewest: wide ? 1 : 2) { Padding = new(left: 62, right: 12, bottom: 44, top: 30) };
        foreach (var (place, stage) in shown.Index().Where(stage => charts.Any(chart => chart.Lines[stage.Index].Points.Length > 0)))
            grid.AddLegend(stage, LegendKey.Line(ReportPalette.Stage(stage, stages), ReportPalette.Shape(place)));
        if (floor) grid.AddLegend("real against real", LegendKey.Line(ReportPalette.Real, dashed: true));
        foreach (var (chart, lines) in charts)
        {
            var panel = grid.AddPanel(chart.Title, PanelHeight);
            ChartAxes.Label(panel, "guidance scale w", $"{chart.Axis} {table.Scaling[chart.Metric].Unit}".TrimEnd());
            if (chart.Floor is { } level) panel.Add.Plottable(Drawn.Dashes([new(2 * scales[0] - scales[^1], level), new(2 * scales[^1], level)], ReportPalette.Real, 1.5f));
            lines.ForEach(line => line.AddTo(panel));
            // Panels of one metric share one range.
            var alike = charts.Where(other => other.Chart.Metric == chart.Metric).ToList();
            double[] levels = [.. alike.SelectMany(other => other.Lines).SelectMany(line => line.Points).Select(point => point.Y), .. alike.Select(other => other.Chart.Floor).OfType<double>()];
            double margin = Math.Max(0.08 * (levels.Max() - levels.Min()), 0.1);
            if (chart.IsLogarithmic) ChartAxes.SetLog(panel.Axes.Left, levels, margin: 0.1);
            else panel.Axes.SetLimitsY(levels.Min() - margin, levels.Max() + margin);
            ChartAxes.SetScales(panel, scales, grid.DataWidth);
        }
        return grid.ToFigure(
            $"distance-{guidance}",
            table.Guidances.Count > 1 ? Text.Capitalize(study.Name(guidance)) : "",
            $"{Text.Capitalize(leading.Words)} by guidance scale, on a logarithmic axis{(agreement ? ", and the share of samples in which the judge sees the class asked for" : "")}. "
            + $"The dashed line is {(agreement ? "what held-out real images reach" : "the floor: real points that no model has seen")}, measured the same way."
            + (stages.Count > shown.Count ? $" {shown.Count} of {stages.Count} stages are drawn; the table has all." : ""),
            $"Line chart of {leading.Words}{(agreement ? " and of label agreement" : "")} by guidance scale for {Text.Enumerate(shown)}.");
    }

    private static IEnumerable<Chart> Charts(ResultTable table, LeadingMetric leading, bool wide)
    {
        bool frechet = leading.Name == MetricInfo.Frechet;
        var classes = table.Classes.Where(name => name != "all").ToList();
        if (classes.Count is 0 or > MostClasses || wide || frechet) classes = ["all"];
        foreach (string name in classes)
            yield return new(table, frechet ? MetricInfo.Of(leading.Name).Title : Text.Capitalize(Text.Class(name)), leading.Axis, leading.Name, name, IsLogarithmic: true);
        if (table.Has(MetricInfo.LabelAgreement))
            yield return new(table, MetricInfo.Of(MetricInfo.LabelAgreement).Title, "share of samples in", MetricInfo.LabelAgreement, "all", IsLogarithmic: false);
    }
}
