using ScottPlot;
using Veer.Studies.Reporting.Drawing;
using Veer.Studies.Runs;

namespace Veer.Studies.Reporting.Figures;

/// <summary>The way of single samples from pure noise to the end, over real points; a panel per guidance scale.</summary>
internal static class TrajectoryFigure
{
    private const int MostPaths = 100, MostRealPoints = 3000, Columns = 3;

    public static IReadOnlyList<string> Reading { get; } =
    [
        "How guidance bends the way from noise to data. Each line is one sample on its way from pure noise to its final place (dot), before any postprocessing, drawn by a deterministic sampler so that lines are legible. "
        + "Straight lines mean that the first steps decide; bends show where a sample is pushed aside.",
    ];

    /// <param name="guided">The trajectories of one guidance.</param>
    /// <param name="real">Real points for the background, if any.</param>
    /// <param name="name">The guidance's name in words.</param>
    public static Figure Create(GuidedTrajectories guided, RealSet? real, string name)
    {
        var sets = guided.Sets;
        var edge = guided.Dimensions == 2 ? BoundaryLines.Last(guided.Boundary) : [];
        var classes = sets.SelectMany(set => set.Labels).Distinct().Order().ToList();
        var grid = new PanelGrid(sets.Count == Columns + 1 ? sets.Count : Math.Min(Columns, sets.Count)) { Padding = new(left: 34, right: 4, bottom: 24, top: 28) };
        if (real is not null) grid.AddLegend("real", LegendKey.Dot(ReportPalette.RealFaint));
        foreach (int label in classes) grid.AddLegend(classes.Count > 4 ? $"{label}" : $"class {label}", LegendKey.Dot(ReportPalette.Class(label)));
        if (edge.Count > 0) grid.AddLegend("decision boundary", LegendKey.Line(ReportPalette.Ink));
        Coordinates[] truth = real is null ? [] :
            [.. Enumerable.Range(0, Math.Min(MostRealPoints, real.Points.Rows)).Select(row => new Coordinates(real.Points[row, 0], real.Points[row, 1]))];
        // One view for all scales, so that the eye can compare them.
        var view = PointView.Around(truth, sets.SelectMany(set => Paths(set).SelectMany(path => path.Points)));
        foreach (var set in sets)
        {
            var panel = grid.AddPanel($"w = {Text.Scale(set.Scale)}", view);
            panel.Add.Plottable(Drawn.Dots(truth, 2, ReportPalette.RealFaint));
            foreach (var (label, points) in Paths(set)) new Series(points, ReportPalette.Class(label).WithAlpha(0.65), 1).AddTo(panel);
            foreach (var group in Paths(set).GroupBy(path => path.Label))
                panel.Add.Markers(group.Select(path => path.Points[^1]).ToArray(), MarkerShape.FilledCircle, 4, ReportPalette.Class(group.Key));
            BoundaryLines.AddTo(panel, edge, 1.2f);
        }
        string scales = Text.Enumerate([.. sets.Select(set => Text.Scale(set.Scale))]);
        return grid.ToFigure(
            $"trajectories-{guided.Guidance}",
            Text.Capitalize(name),
            $"One panel per guidance scale w = {scales}, all on the same axes over real points.{(guided.Dimensions > 2 ? " Drawn are the first two components." : "")}"
            + (edge.Count > 0 ? " The dark line is the decision boundary at the last state: look how far the ends of the lines keep from it as w grows." : ""),
            $"Denoising trajectories for {name} at scale {scales}, coloured by class.");
    }

    private static IEnumerable<(int Label, Coordinates[] Points)> Paths(TrajectorySet set)
    {
        for (int i = 0; i < Math.Min(set.Labels.Length, MostPaths); i++)
            yield return (set.Labels[i], [.. TrajectorySet.Follow(set.States, i, 0).Zip(TrajectorySet.Follow(set.States, i, 1), (x, y) => new Coordinates(x, y))]);
    }
}
