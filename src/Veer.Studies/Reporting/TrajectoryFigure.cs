using ScottPlot;

namespace Veer.Studies.Reporting;

/// <summary>The way of single samples from pure noise to the end, over real points; a panel per guidance scale.</summary>
internal static class TrajectoryFigure
{
    private const int MostPaths = 120, MostRealPoints = 3000, Columns = 3;

    public static IReadOnlyList<string> Lead { get; } =
    [
        "How guidance bends the way from noise to data. Each line is one sample on its way from pure noise to its final place (dot), before any postprocessing, drawn by deterministic DDIM so that lines are legible. "
        + "Straight lines mean that the first steps decide; bends show where a sample is pushed aside.",
    ];

    public static Figure Create(RealSet? real, IReadOnlyList<TrajectorySet> sets)
    {
        var first = sets[0];
        int dimensions = first.States.Shape[2];
        var classes = sets.SelectMany(set => set.Labels).Distinct().Order().ToList();
        var grid = new PanelGrid(Math.Min(Columns, sets.Count)) { Padding = new(left: 34, right: 4, bottom: 24, top: 28) };
        if (real is not null) grid.AddLegend("real", Palette.RealFaint);
        foreach (int label in classes) grid.AddLegend(classes.Count > 4 ? $"{label}" : $"class {label}", Palette.Class(label));
        Coordinates[] truth = real is null ? [] :
            [.. Enumerable.Range(0, Math.Min(MostRealPoints, real.Points.Rows)).Select(row => new Coordinates(real.Points[row, 0], real.Points[row, 1]))];
        // One view for all scales, so that the eye can compare them.
        var view = PointView.Around(truth, sets.SelectMany(set => Paths(set).SelectMany(path => path.Points)));
        foreach (var set in sets) AddPanel(grid, set, truth, view);
        string scales = Text.Enumerate([.. sets.Select(set => Text.Scale(set.Scale))]);
        string plane = dimensions > 2 ? " Drawn are the first two components." : "";
        return grid.ToFigure(
            $"trajectories-{first.Guidance}",
            $"{Text.Capitalize(first.Guidance)} guidance",
            $"One panel per guidance scale w = {scales}, all on the same axes over real points.{plane}",
            $"Denoising trajectories for {first.Guidance} guidance at scale {scales}, coloured by class.");
    }

    private static void AddPanel(PanelGrid grid, TrajectorySet set, Coordinates[] truth, PointView view)
    {
        int dataWidth = grid.PanelWidth - (int)(grid.Padding.Left + grid.Padding.Right);
        var panel = grid.AddPanel($"w = {Text.Scale(set.Scale)}", (int)(dataWidth * view.Ratio + grid.Padding.Top + grid.Padding.Bottom));
        if (truth.Length > 0) panel.Add.Markers(truth, MarkerShape.FilledCircle, 2, Palette.RealFaint);
        foreach (var (label, points) in Paths(set))
        {
            var line = panel.Add.ScatterLine(points, Palette.Class(label).WithAlpha(0.45));
            line.LineWidth = 1;
        }
        foreach (var group in Paths(set).GroupBy(path => path.Label))
            panel.Add.Markers(group.Select(path => path.Points[^1]).ToArray(), MarkerShape.FilledCircle, 4, Palette.Class(group.Key));
        panel.Axes.SetLimits(view.Left, view.Right, view.Bottom, view.Top);
    }

    private static IEnumerable<(int Label, Coordinates[] Points)> Paths(TrajectorySet set)
    {
        int steps = set.States.Shape[0], count = set.States.Shape[1], dimensions = set.States.Shape[2];
        for (int i = 0; i < Math.Min(count, MostPaths); i++)
            yield return (set.Labels[i], [.. Enumerable.Range(0, steps)
                .Select(step => new Coordinates(set.States[step, i * dimensions], set.States[step, i * dimensions + 1]))]);
    }
}
