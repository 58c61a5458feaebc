using ScottPlot;
using ScottPlot.TickGenerators;
using SkiaSharp;
using Veer.Studies.Reporting.Drawing;
using Veer.Studies.Runs;

namespace Veer.Studies.Reporting.Figures;

/// <summary>Fidelity against coverage: a curve per guidance over its scales, and what postprocessing makes of it; the floor is a star.</summary>
internal static class FidelityFigure
{
    private const int PanelHeight = 520, MostGuidances = 10, MostStages = 8, FewestStages = 3, TickSpacing = 60;
    private const double Margin = 0.09;

    private static readonly Measures Distances = new(
        MetricInfo.SlicedWasserstein, MetricInfo.NearestDistance, "sliced Wasserstein-2 to real data (coverage)", "distance to nearest real point (fidelity)", IsLogarithmic: true,
        "The lower, the nearer samples are to real data; the farther left, the more of the data they cover.", "distance to nearest real point against sliced Wasserstein-2");

    private static readonly Measures Manifolds = new(
        MetricInfo.Recall, MetricInfo.Precision, "recall in % (coverage)", "precision in % (fidelity)", IsLogarithmic: false,
        "The higher, the more samples look like real ones; the farther right, the more of the real data they cover.", "precision against recall");

    /// <summary>The metrics of both axes, their labels, how the chart is to be read, and both in words. Axes that are not logarithmic are shares in per cent.</summary>
    private sealed record Measures(string Coverage, string Fidelity, string CoverageLabel, string FidelityLabel, bool IsLogarithmic, string Reading, string Names)
    {
        /// <summary>The place of a pair of values; null where the axes cannot show it.</summary>
        public Coordinates? Place(double? coverage, double? fidelity) =>
            coverage is not { } x || fidelity is not { } y || !ResultTable.CanDraw(x) || !ResultTable.CanDraw(y) ? null
                : !IsLogarithmic ? new Coordinates(100 * x, 100 * y)
                : ChartAxes.HasLog(x) && ChartAxes.HasLog(y) ? new Coordinates(Math.Log10(x), Math.Log10(y)) : null;
    }

    /// <summary>A guidance at one stage: its scales in ascending order, and its line.</summary>
    private sealed record Curve(string Guidance, string Stage, IReadOnlyList<double> Scales, Series Line)
    {
        public bool IsBefore => Stage == Stages.Before;
    }

    /// <summary>The figure; null where there is nothing to compare: one guidance with at most two postprocessors.</summary>
    public static Figure? Create(ResultTable table, StudyNotes study)
    {
        bool several = table.Guidances.Count > 1;
        if (!several && table.StageNames.Count(stage => stage != Stages.Before) < FewestStages) return null;
        var measures = table.Has(MetricInfo.Precision) && table.Has(MetricInfo.Recall) ? Manifolds : Distances;
        var curves = Curves(table, measures, several).Where(curve => curve.Scales.Count > 0).ToList();
        if (curves.Count < 2) return null;
        var star = measures.Place(table.Floor("all", measures.Coverage), table.Floor("all", measures.Fidelity));
        var grid = new PanelGrid(1, fewest: 1) { Padding = new(left: 66, right: 16, bottom: 46, top: 12) };
        foreach (var (guidance, stage, _, line) in curves.Where(curve => !several || curve.IsBefore))
            grid.AddLegend(several ? study.Name(guidance) : stage, LegendKey.Line(line.Color, line.Marker, line.IsDashed));
        foreach (var (_, stage, _, line) in curves.Where(curve => several && !curve.IsBefore).DistinctBy(curve => curve.Stage))
            grid.AddLegend($"the same, {stage}", LegendKey.Line(ReportPalette.Real, line.Marker, dashed: true));
        if (star is not null) grid.AddLegend("real against real (floor)", LegendKey.Star(ReportPalette.Ink));
        var panel = grid.AddPanel("", PanelHeight);
        ChartAxes.Label(panel, measures.CoverageLabel, measures.FidelityLabel);
        curves.ForEach(curve => curve.Line.AddTo(panel));
        panel.Add.Plottable(new Drawn((canvas, place) => DrawMarks(canvas, place, curves, star)));
        Coordinates[] all = [.. curves.SelectMany(curve => curve.Line.Points), .. star is { } floor ? [floor] : Array.Empty<Coordinates>()];
        foreach (var (axis, values) in ((IAxis, double[])[])[(panel.Axes.Bottom, [.. all.Select(point => point.X)]), (panel.Axes.Left, [.. all.Select(point => point.Y)])])
        {
            double margin = Math.Max(Margin * (values.Max() - values.Min()), 0.05);
            if (measures.IsLogarithmic) ChartAxes.SetLog(axis, values, margin);
            else axis.Range.Set(values.Min() - margin, values.Max() + margin);
        }
        if (panel.Axes.Bottom.TickGenerator is NumericAutomatic ticks) ticks.MinimumTickSpacing = TickSpacing;
        string names = Text.Enumerate([.. curves.Select(curve => !several ? curve.Stage : curve.IsBefore ? study.Name(curve.Guidance) : $"{curve.Guidance}, {curve.Stage}")]);
        return grid.ToFigure(
            "fidelity-coverage",
            "Fidelity against coverage",
            "Each point is one guidance scale, over all classes; solid lines join the scales of a guidance before postprocessing, dashed lines the same after it. "
            + $"{measures.Reading} {(star is null ? "" : "The star is where a second real sample stands: there is best, past it samples are nearer to the data than data is.")}{(measures.IsLogarithmic ? " Both axes are logarithmic." : "")}"
            + (table.Guidances.Count > MostGuidances || table.Guidances.Any(guidance => table.StagesOf(guidance).Count - 1 > MostPostprocessed(table)) ? " Not all that was measured is drawn: the tables have the rest." : ""),
            $"{(measures.IsLogarithmic ? "Log-log chart" : "Chart")} of {measures.Names} for {names}.");
    }

    private static IEnumerable<Curve> Curves(ResultTable table, Measures measures, bool several) =>
        from guidance in table.Guidances.Take(MostGuidances)
        let stages = table.StagesOf(guidance)
        from stage in Stages.Preferred(stages, MostPostprocessed(table))
        let points = (from scale in table.ScalesOf(guidance)
                      let place = measures.Place(table.Find(guidance, scale, "all", stage, measures.Coverage), table.Find(guidance, scale, "all", stage, measures.Fidelity))
                      where place is not null
                      select (Place: place.Value, Scale: scale)).ToList()
        // Several guidances: colour says which one, shape says which stage. One: both say which stage.
        let color = several ? ReportPalette.Guidance(guidance, table.Guidances) : ReportPalette.Stage(stage, stages)
        let shape = ReportPalette.Shape((several ? table.StageNames : stages).ToList().IndexOf(stage))
        let before = stage == Stages.Before
        select new Curve(guidance, stage, [.. points.Select(point => point.Scale)], new([.. points.Select(point => point.Place)], color, before ? 2.2f : 1.4f, shape, IsDashed: !before));

    /// <summary>The more guidances, the fewer of their postprocessed curves: beyond some twenty none can be told from another.</summary>
    private static int MostPostprocessed(ResultTable table) => table.Guidances.Count switch { 1 => MostStages - 1, <= 3 => 2, _ => 1 };

    private static void DrawMarks(SKCanvas canvas, Func<Coordinates, SKPoint> place, IReadOnlyList<Curve> curves, Coordinates? star)
    {
        var labels = new PointLabels();
        foreach (var curve in curves) labels.KeepFree([.. curve.Line.Points.Select(place)]);
        if (star is { } floor)
        {
            labels.KeepFree([place(floor)]);
            Drawn.Star(canvas, place(floor), ReportPalette.Ink);
        }
        // The curves before postprocessing are the subject: their labels take their places first.
        foreach (var curve in curves.OrderBy(curve => curve.IsBefore ? 0 : 1))
        {
            foreach (var (point, scale) in curve.Line.Points.Zip(curve.Scales))
                labels.Draw(canvas, place(point), curve.IsBefore ? $"w = {Text.Scale(scale)}" : Text.Scale(scale), curve.Line.Color);
        }
    }
}
