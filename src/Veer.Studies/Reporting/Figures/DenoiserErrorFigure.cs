using ScottPlot;
using Veer.Studies.Reporting.Drawing;
using Veer.Studies.Runs;

namespace Veer.Studies.Reporting.Figures;

/// <summary>The learned denoisers' error by noise level, beside the error that even the exact denoiser makes.</summary>
internal static class DenoiserErrorFigure
{
    public const string Reading = "How much of the ideal denoiser the network has learned, at every noise level. The data’s distribution is known here, so the ideal denoiser is known in closed form.";

    public static Figure? Create(IReadOnlyList<DenoiserErrors> models)
    {
        var shown = models.Select(model => model with { Rows = [.. model.Rows.Where(row => ChartAxes.HasLog(row.Sigma)).OrderBy(row => row.Sigma)] })
            .Where(model => model.Rows.Count > 0).ToList();
        var rows = shown.SelectMany(model => model.Rows).ToList();
        double[] sigmas = [.. rows.Select(row => Math.Log10(row.Sigma))], errors = [.. rows.SelectMany(row => (double[])[row.Error, row.Oracle]).Where(ChartAxes.HasLog).Select(Math.Log10)];
        if (errors.Length == 0) return null;
        string[] labels = [.. rows.Select(row => row.Label).Distinct().Order(StringComparer.Ordinal)];
        var grid = new PanelGrid(labels.Length) { Padding = new(left: 62, right: 12, bottom: 46, top: 30) };
        foreach (var (index, model) in shown.Index())
            grid.AddLegend($"{(shown.Count == 1 ? "learned network" : model.Model)} against closed form", LegendKey.Line(ReportPalette.Class(index), ReportPalette.Shape(index)));
        grid.AddLegend("closed form against the drawn noise (irreducible)", LegendKey.Line(ReportPalette.Real, dashed: true));
        foreach (string label in labels)
        {
            var panel = grid.AddPanel(Text.Capitalize(label), 340);
            ChartAxes.Label(panel, "noise level σ / α (noise over signal)", "mean squared error of the noise");
            // The unavoidable error belongs to the data, not to a model: one line is enough.
            var first = shown.First(model => model.Rows.Any(row => row.Label == label));
            new Series(Points(first, label, row => row.Oracle), ReportPalette.Real, 2, IsDashed: true).AddTo(panel);
            foreach (var (index, model) in shown.Index())
                new Series(Points(model, label, row => row.Error), ReportPalette.Class(index), 2, ReportPalette.Shape(index), MarkerSize: 5).AddTo(panel);
            ChartAxes.SetLog(panel.Axes.Bottom, sigmas, margin: 0.05);
            ChartAxes.SetLog(panel.Axes.Left, errors, margin: 0.15);
        }
        return grid.ToFigure(
            "denoiser-error",
            "",
            "Solid: how far a network’s predicted noise is from the ideal prediction. Dashed: how far even the ideal prediction is from the noise that was drawn. "
            + "The farther solid lies below dashed, the less is left to learn at that noise level.",
            $"Log-log chart of denoiser error by noise level, {Text.Enumerate(labels)}, of {Text.Enumerate([.. shown.Select(model => model.Model)])}.");
    }

    private static Coordinates[] Points(DenoiserErrors model, string label, Func<DenoiserErrorRow, double> error) =>
        [.. model.Rows.Where(row => row.Label == label && ChartAxes.HasLog(error(row))).Select(row => new Coordinates(Math.Log10(row.Sigma), Math.Log10(error(row))))];
}
