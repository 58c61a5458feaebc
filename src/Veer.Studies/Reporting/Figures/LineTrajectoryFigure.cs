using ScottPlot;
using Veer.Studies.Reporting.Drawing;
using Veer.Studies.Runs;

namespace Veer.Studies.Reporting.Figures;

/// <summary>Trajectories on a line: x_t over time above its density, with the decision boundary; a panel per guidance scale.</summary>
internal static class LineTrajectoryFigure
{
    private const int MostPaths = 60, MostColumns = 5, PanelHeight = 268;

    /// <summary>So much of the farthest states may lie outside of the view.</summary>
    private const double OutsideShare = 0.002;

    private const double Margin = 0.04;

    public static IReadOnlyList<string> Reading { get; } =
    [
        "Each line is the way of one sample from pure noise on the left to data on the right, before any postprocessing. Grey is the density of xₜ over all classes: "
        + "where lines leave the grey, guidance has carried them off the data. The dark line is the decision boundary, where both classes have probability one half: "
        + "for the classifier that guides, or in closed form where none does.",
        "What guidance does is to be seen in the gap between the lines and the boundary: compare it from panel to panel.",
    ];

    /// <param name="guided">The trajectories of one guidance.</param>
    /// <param name="name">The guidance's name in words.</param>
    public static Figure Create(GuidedTrajectories guided, string name)
    {
        var (guidance, sets, boundary, density) = guided;
        // At most so many scales as one row holds: the first, the last, and evenly between.
        int count = Math.Min(sets.Count, MostColumns);
        var shown = Enumerable.Range(0, count).Select(i => sets[(int)Math.Round(i * (sets.Count - 1) / Math.Max(count - 1.0, 1))]).ToList();
        var ancestral = shown.Where(set => set.Ancestral is not null).ToList();
        var grid = new PanelGrid(Math.Max(shown.Count, 3)) { Padding = new(left: 44, right: 12, bottom: 42, top: 28) };
        foreach (int label in shown.SelectMany(set => set.Labels).Distinct().Order()) grid.AddLegend($"class {label}", LegendKey.Line(ReportPalette.Class(label)));
        if (boundary is not null) grid.AddLegend("decision boundary", LegendKey.Line(ReportPalette.Ink));
        if (density is not null) grid.AddLegend("density of xₜ, pale to dense", LegendKey.Ramp(ReportPalette.Dense));
        var (bottom, top) = View([.. shown.Select(set => set.States), .. ancestral.Select(set => set.Ancestral!)]);
        double[,]? shades = density is null ? null : DensityPicture.Shade(density);
        foreach (var set in shown) AddPanel(set, set.States, "");
        grid.EndRow();
        foreach (var set in ancestral) AddPanel(set, set.Ancestral!, ", ancestral");
        string scales = Text.Enumerate([.. shown.Select(set => Text.Scale(set.Scale))]);
        return grid.ToFigure(
            $"trajectories-{guidance}",
            Text.Capitalize(name),
            (ancestral.Count > 0 ? "Above deterministic DDIM, below ancestral DDPM from the same noise. " : "By a deterministic sampler. ")
            + $"One panel per guidance scale w, all on the same axes. Compare how far the lines keep from {(boundary is null ? "each other" : "the boundary")}, and how late they turn, as w grows."
            + (sets.Count > shown.Count ? $" {shown.Count} of {sets.Count} scales are drawn." : ""),
            $"Trajectories on a line for {name} at scale {scales}: x_t from noise to data, coloured by class"
            + $"{(density is null ? "" : ", over the density")}{(boundary is null ? "" : ", with the decision boundary")}.");

        void AddPanel(TrajectorySet set, NumericArray states, string kind)
        {
            var panel = grid.AddPanel($"w = {Text.Scale(set.Scale)}{kind}", PanelHeight);
            ChartAxes.Label(panel, "sampling step: noise → data", "xₜ");
            if (shades is not null) DensityPicture.AddTo(panel, density!, shades);
            for (int i = 0; i < Math.Min(states.Shape[1], MostPaths); i++)
                new Series([.. TrajectorySet.Follow(states, i).Select((value, step) => new Coordinates(step, value))], ReportPalette.Class(set.Labels[i]).WithAlpha(0.6), 1).AddTo(panel);
            if (boundary is not null)
            {
                panel.Add.Markers(BoundaryLines.Points(boundary), MarkerShape.FilledCircle, 2.5f, ReportPalette.Ink);
                BoundaryLines.AddTo(panel, BoundaryLines.Joined(boundary, top - bottom), 2);
            }
            panel.Axes.SetLimits(0, Math.Max(set.Steps - 1, 1), bottom, top);
        }
    }

    private static (double Bottom, double Top) View(IEnumerable<NumericArray> all)
    {
        float[] values = [.. all.SelectMany(states => Enumerable.Range(0, Math.Min(states.Shape[1], MostPaths)).SelectMany(i => TrajectorySet.Follow(states, i))).Where(float.IsFinite).Order()];
        if (values.Length == 0) return (-1, 1);
        int skipped = (int)(OutsideShare * values.Length);
        double bottom = values[skipped], top = values[^(1 + skipped)], margin = Math.Max(Margin * (top - bottom), 1e-6);
        return (bottom - margin, top + margin);
    }
}
