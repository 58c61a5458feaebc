using ScottPlot;

namespace Veer.Studies.Reporting;

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

    /// <param name="sets">The trajectories of one guidance, by scale.</param>
    /// <param name="density">The density behind them, if known.</param>
    /// <param name="boundary">The boundary, if there is one.</param>
    /// <param name="kind">" (closed form)" where the models are.</param>
    public static Figure Create(IReadOnlyList<TrajectorySet> sets, LineDensity? density, DrawnBoundary? boundary, string kind)
    {
        var shown = Spread(sets);
        string guidance = sets[0].Guidance;
        bool ancestral = shown.Any(set => set.Ancestral is not null);
        var grid = new PanelGrid(Math.Max(shown.Count, 3)) { Padding = new(left: 44, right: 12, bottom: 42, top: 28) };
        foreach (int label in shown.SelectMany(set => set.Labels).Distinct().Order()) grid.AddLegend($"class {label}", Palette.Class(label), LegendKey.Line);
        if (boundary is not null) grid.AddLegend("decision boundary", Palette.Ink, LegendKey.Line);
        if (density is not null) grid.AddLegend("density of xₜ, pale to dense", Palette.Heat.Darkest, LegendKey.Ramp);
        var view = View(shown);
        var picture = density is null ? null : new DensityPicture(density, view.Bottom, view.Top);
        foreach (var set in shown) AddPanel(grid, set, set.States, $"w = {Text.Scale(set.Scale)}", picture, boundary, view);
        if (ancestral)
        {
            grid.EndRow();
            foreach (var set in shown.Where(set => set.Ancestral is not null))
                AddPanel(grid, set, set.Ancestral!, $"w = {Text.Scale(set.Scale)}, ancestral", picture, boundary, view);
        }
        string scales = Text.Enumerate([.. shown.Select(set => Text.Scale(set.Scale))]);
        string rows = ancestral ? "Above deterministic DDIM, below ancestral DDPM from the same noise. " : "By deterministic DDIM. ";
        string left = sets.Count > shown.Count ? $" {shown.Count} of {sets.Count} scales are drawn." : "";
        return grid.ToFigure(
            $"trajectories-{guidance}",
            $"{Text.Capitalize(guidance)}{kind}",
            $"{rows}One panel per guidance scale w, all on the same axes. Compare how far the lines keep from {(boundary is null ? "each other" : "the boundary")}, "
            + $"and how late they turn, as w grows.{left}",
            $"Trajectories on a line for {guidance}{kind} at scale {scales}: x_t from noise to data, coloured by class"
            + $"{(density is null ? "" : ", over the density")}{(boundary is null ? "" : ", with the decision boundary")}.");
    }

    private static void AddPanel(
        PanelGrid grid, TrajectorySet set, NumericArray states, string title, DensityPicture? picture, DrawnBoundary? boundary, (double Bottom, double Top) view)
    {
        var panel = grid.AddPanel(title, PanelHeight);
        PanelGrid.LabelAxes(panel, "sampling step: noise → data", "xₜ");
        if (picture is not null) panel.Add.Plottable(picture.ToPlottable());
        int count = Math.Min(states.Shape[1], MostPaths);
        for (int i = 0; i < count; i++)
        {
            Coordinates[] points = [.. TrajectorySet.Follow(states, i).Select((value, step) => new Coordinates(step, value))];
            panel.Add.ScatterLine(points, Palette.Class(set.Labels[i]).WithAlpha(0.6)).LineWidth = 1;
        }
        if (boundary is not null)
        {
            panel.Add.Markers(BoundaryLines.Points(boundary), MarkerShape.FilledCircle, 2.5f, Palette.Ink);
            panel.Add.Plottable(Drawn.Segments(BoundaryLines.Joined(boundary, view.Top - view.Bottom), Palette.Ink, 2));
        }
        panel.Axes.SetLimits(0, Math.Max(set.Steps - 1, 1), view.Bottom, view.Top);
    }

    /// <summary>At most so many scales as one row holds: the first, the last, and evenly between.</summary>
    private static List<TrajectorySet> Spread(IReadOnlyList<TrajectorySet> sets) => sets.Count <= MostColumns ? [.. sets]
        : [.. Enumerable.Range(0, MostColumns).Select(i => sets[(int)Math.Round(i * (sets.Count - 1) / (MostColumns - 1.0))])];

    private static (double Bottom, double Top) View(IReadOnlyList<TrajectorySet> sets)
    {
        float[] values = [.. sets.SelectMany(set => (NumericArray?[])[set.States, set.Ancestral]).OfType<NumericArray>()
            .SelectMany(states => Enumerable.Range(0, Math.Min(states.Shape[1], MostPaths)).SelectMany(i => TrajectorySet.Follow(states, i)))
            .Where(float.IsFinite).Order()];
        if (values.Length == 0) return (-1, 1);
        int skipped = (int)(OutsideShare * values.Length);
        double bottom = values[skipped], top = values[^(1 + skipped)], margin = Math.Max(Margin * (top - bottom), 1e-6);
        return (bottom - margin, top + margin);
    }
}
