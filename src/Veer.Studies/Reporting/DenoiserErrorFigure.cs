using ScottPlot;

namespace Veer.Studies.Reporting;

/// <summary>The learned denoiser's error by noise level, beside the error that even the exact denoiser makes.</summary>
internal static class DenoiserErrorFigure
{
    public static IReadOnlyList<string> Lead { get; } =
    [
        "How much of the ideal denoiser the network has learned, at every noise level. "
        + "The data’s distribution is known here, so the ideal denoiser is known in closed form.",
    ];

    public static Figure? Create(IReadOnlyList<DenoiserErrorRow> rows)
    {
        var drawn = rows.Where(row => double.IsFinite(row.Sigma) && row.Sigma > 0).OrderBy(row => row.Sigma).ToList();
        var values = drawn.SelectMany(row => (double[])[row.Error, row.Oracle]).Where(IsDrawable).Select(Math.Log10).ToList();
        if (values.Count == 0) return null;
        string[] labels = [.. drawn.Select(row => row.Label).Distinct().Order(StringComparer.Ordinal)];
        var grid = new PanelGrid(labels.Length) { Padding = new(left: 62, right: 12, bottom: 46, top: 30) };
        grid.AddLegend("learned network against closed form", Palette.Class(0), LegendKey.Line);
        grid.AddLegend("closed form against the drawn noise (unavoidable)", Palette.Real, LegendKey.Dashes);
        double left = Math.Log10(drawn[0].Sigma), right = Math.Log10(drawn[^1].Sigma);
        foreach (string label in labels)
        {
            var panel = grid.AddPanel(Text.Capitalize(label), 340);
            PanelGrid.LabelAxes(panel, "noise level σ = noise / signal", "mean squared error of the noise");
            var mine = drawn.Where(row => row.Label == label).ToList();
            AddLine(panel, mine.Select(row => (row.Sigma, row.Oracle)), Palette.Real, LinePattern.Dashed, markerSize: 0);
            AddLine(panel, mine.Select(row => (row.Sigma, row.Error)), Palette.Class(0), LinePattern.Solid, markerSize: 5);
            LogAxis.Apply(panel.Axes.Bottom, left, right);
            LogAxis.Apply(panel.Axes.Left, values.Min(), values.Max());
            panel.Axes.SetLimits(left - 0.05, right + 0.05, values.Min() - 0.15, values.Max() + 0.15);
        }
        return grid.ToFigure(
            "denoiser-error",
            "",
            "Solid: how far the network's predicted noise is from the ideal prediction. "
            + "Dashed: how far even the ideal prediction is from the noise that was drawn. "
            + "The farther solid lies below dashed, the less is left to learn at that level.",
            $"Log-log chart of denoiser error by noise level, {Text.Enumerate(labels)}.");
    }

    private static bool IsDrawable(double value) => double.IsFinite(value) && value > 0;

    private static void AddLine(Plot panel, IEnumerable<(double Sigma, double Error)> points, Color color, LinePattern pattern, float markerSize)
    {
        Coordinates[] drawn = [.. points.Where(point => IsDrawable(point.Error))
            .Select(point => new Coordinates(Math.Log10(point.Sigma), Math.Log10(point.Error)))];
        if (drawn.Length == 0) return;
        var line = panel.Add.Scatter(drawn, color);
        line.LineWidth = 2;
        line.LinePattern = pattern;
        line.MarkerSize = markerSize;
    }
}
