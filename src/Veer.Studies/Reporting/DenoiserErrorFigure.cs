using ScottPlot;

namespace Veer.Studies.Reporting;

/// <summary>The learned denoisers' error by noise level, beside the error that even the exact denoiser makes.</summary>
internal static class DenoiserErrorFigure
{
    private const string Oracle = "closed form against the drawn noise (unavoidable)";

    public static IReadOnlyList<string> Reading { get; } =
    [
        "How much of the ideal denoiser the network has learned, at every noise level. "
        + "The data’s distribution is known here, so the ideal denoiser is known in closed form.",
    ];

    public static Figure? Create(IReadOnlyList<DenoiserErrors> models)
    {
        var shown = models.Select(model => model with { Rows = [.. model.Rows.Where(row => LogAxis.CanShow(row.Sigma)).OrderBy(row => row.Sigma)] })
            .Where(model => model.Rows.Count > 0).ToList();
        var rows = shown.SelectMany(model => model.Rows).ToList();
        var values = rows.SelectMany(row => (double[])[row.Error, row.Oracle]).Where(LogAxis.CanShow).Select(Math.Log10).ToList();
        if (values.Count == 0) return null;
        string[] labels = [.. rows.Select(row => row.Label).Distinct().Order(StringComparer.Ordinal)];
        var grid = new PanelGrid(labels.Length) { Padding = new(left: 62, right: 12, bottom: 46, top: 30) };
        foreach (var (index, model) in shown.Index())
        {
            string name = shown.Count == 1 ? "learned network" : model.Model;
            grid.AddLegend($"{name} against closed form", Palette.Class(index), LegendKey.Line, Palette.Shape(index));
        }
        grid.AddLegend(Oracle, Palette.Real, LegendKey.Dashes);
        double left = Math.Log10(rows.Min(row => row.Sigma)), right = Math.Log10(rows.Max(row => row.Sigma));
        foreach (string label in labels)
        {
            var panel = grid.AddPanel(Text.Capitalize(label), 340);
            PanelGrid.LabelAxes(panel, "noise level σ = noise / signal", "mean squared error of the noise");
            // The unavoidable error belongs to the data, not to a model: one line is enough.
            var first = shown.First(model => model.Rows.Any(row => row.Label == label));
            AddLine(panel, first.Rows.Where(row => row.Label == label).Select(row => (row.Sigma, row.Oracle)), Palette.Real, MarkerShape.None);
            foreach (var (index, model) in shown.Index())
                AddLine(panel, model.Rows.Where(row => row.Label == label).Select(row => (row.Sigma, row.Error)), Palette.Class(index), Palette.Shape(index));
            LogAxis.Apply(panel.Axes.Bottom, left, right);
            LogAxis.Apply(panel.Axes.Left, values.Min(), values.Max());
            panel.Axes.SetLimits(left - 0.05, right + 0.05, values.Min() - 0.15, values.Max() + 0.15);
        }
        return grid.ToFigure(
            "denoiser-error",
            "",
            "Solid: how far a network’s predicted noise is from the ideal prediction. "
            + "Dashed: how far even the ideal prediction is from the noise that was drawn. "
            + "The farther solid lies below dashed, the less is left to learn at that level.",
            $"Log-log chart of denoiser error by noise level, {Text.Enumerate(labels)}, of {Text.Enumerate([.. shown.Select(model => model.Model)])}.");
    }

    private static void AddLine(Plot panel, IEnumerable<(double Sigma, double Error)> points, Color color, MarkerShape marker)
    {
        Coordinates[] drawn = [.. points.Where(point => LogAxis.CanShow(point.Error))
            .Select(point => new Coordinates(Math.Log10(point.Sigma), Math.Log10(point.Error)))];
        new SeriesLine(color, 2, marker, 5, IsDashed: marker == MarkerShape.None).Add(panel, drawn);
    }
}
