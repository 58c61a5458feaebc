using ScottPlot;
using Veer.Studies.Pipeline;

namespace Veer.Studies.Reporting;

/// <summary>Real points, then the samples at each stage, side by side on equal axes; for every class a row, and a close-up under it.</summary>
internal static class ScatterFigure
{
    /// <summary>Points drawn per panel: enough to see the shape, few enough for a page that opens at once.</summary>
    private const int MostPoints = 4000;

    private const float MarkerSize = 2.2f, CloseUpMarkerSize = 3.6f;

    public static IReadOnlyList<string> Reading { get; } =
    [
        "The same samples before and after postprocessing, beside real points that no model has seen. Behind the samples the real points lie in pale grey: "
        + "colour away from grey is a sample where no data is; grey that stays bare is data that no sample reaches.",
        $"The close-ups show the small square of the panel above them: a place of typical density, the same at every scale. "
        + $"At most {Text.Count(MostPoints)} points a panel; both axes have one unit.",
    ];

    /// <summary>Postprocessors that one figure shows beside each other, and classes below each other.</summary>
    private const int MostPostprocessed = 3, MostClasses = 10;

    /// <param name="real">Held-out real points.</param>
    /// <param name="all">The samples at every stage.</param>
    /// <param name="boundary">The decision boundary, if there is one.</param>
    /// <param name="kind">" (closed form)" where the models are.</param>
    public static Figure Create(RealSet real, SampleSet all, DrawnBoundary? boundary, string kind)
    {
        var samples = all.WithAtMost(MostPostprocessed);
        if (samples.Stages[0].Points.Width != 2 || boundary?.LastSegments().Count is null or 0) boundary = null;
        int[] classes = [.. samples.Labels.Distinct().Order().Take(MostClasses)];
        var grid = new PanelGrid(samples.Stages.Count + 1) { Padding = new(left: 38, right: 4, bottom: 24, top: 26) };
        grid.AddLegend("held-out real points", Palette.Real);
        foreach (int label in classes) grid.AddLegend($"samples of class {label}", Palette.Class(label));
        if (boundary is not null) grid.AddLegend("decision boundary", Palette.Ink, LegendKey.Line);
        foreach (int label in classes) AddClass(grid, real, samples, label, boundary);
        string scale = Text.Scale(samples.Scale);
        string stages = Text.Enumerate([.. samples.Stages.Select(stage => stage.Stage)]);
        int hidden = all.Stages.Count - samples.Stages.Count;
        string more = hidden == 0 ? "" : $" {hidden} more {(hidden == 1 ? "stage was" : "stages were")} measured: the tables have all.";
        return grid.ToFigure(
            $"scatter-{samples.Guidance}-w{scale}",
            $"{Text.Capitalize(samples.Guidance)}{kind}, w = {scale}",
            $"Held-out real points on the left, then the same samples {stages}.{(boundary is null ? "" : " The dark line is the decision boundary at the last state.")}{more}",
            $"Scatter plots for {samples.Guidance}{kind} at scale {scale}: for each of {classes.Length} classes a row and a close-up, "
            + $"columns for real points and samples {stages}.");
    }

    private static void AddClass(PanelGrid grid, RealSet real, SampleSet samples, int label, DrawnBoundary? boundary)
    {
        var truth = Select(real.Points, real.Labels, label);
        var stages = samples.Stages.Select(stage => (stage.Stage, Points: Select(stage.Points, samples.Labels, label))).ToList();
        var view = PointView.Around(truth, stages.SelectMany(stage => stage.Points));
        AddRow(grid, truth, stages, label, view, null);
        AddBoundary(grid, stages.Count + 1, boundary);
        if (real.CloseUp(label) is not { } closeUp) return;
        foreach (var overview in grid.LastPanels(stages.Count + 1)) AddFrame(overview, closeUp);
        AddRow(grid, truth, stages, label, closeUp, "close-up");
        AddBoundary(grid, stages.Count + 1, boundary);
    }

    private static void AddRow(PanelGrid grid, Coordinates[] truth, List<(string Stage, Coordinates[] Points)> stages, int label, PointView view, string? name)
    {
        int height = (int)(grid.DataWidth * view.Ratio + grid.Padding.Top + grid.Padding.Bottom);
        float size = name is null ? MarkerSize : CloseUpMarkerSize;
        var panel = AddPanel(grid, $"Real, class {label}{(name is null ? "" : $", {name}")}", height, view);
        AddPoints(panel, truth, view, size, Palette.Real.WithAlpha(0.75));
        foreach (var (stage, points) in stages)
        {
            int outside = name is null ? view.CountOutside(points) : 0;
            panel = AddPanel(grid, Text.Capitalize(stage) + (outside > 0 ? $" ({Text.Count(outside)} out of view)" : ""), height, view);
            AddPoints(panel, truth, view, size, Palette.RealFaint);
            AddPoints(panel, points, view, size, Palette.Class(label).WithAlpha(0.6));
        }
    }

    private static Plot AddPanel(PanelGrid grid, string title, int height, PointView view)
    {
        var panel = grid.AddPanel(title, height);
        panel.Axes.SetLimits(view.Left, view.Right, view.Bottom, view.Top);
        return panel;
    }

    private static void AddPoints(Plot panel, Coordinates[] points, PointView view, float size, Color color)
    {
        Coordinates[] drawn = [.. points.Take(MostPoints).Where(point => view.Contains(point))];
        panel.Add.Plottable(Drawn.Dots(drawn, size, color));
    }

    private static void AddBoundary(PanelGrid grid, int panels, DrawnBoundary? boundary)
    {
        if (boundary is null) return;
        foreach (var panel in grid.LastPanels(panels)) panel.Add.Plottable(BoundaryLines.Last(boundary));
    }

    private static void AddFrame(Plot panel, PointView view)
    {
        var frame = panel.Add.Rectangle(view.Left, view.Right, view.Bottom, view.Top);
        frame.FillColor = Colors.Transparent;
        (frame.LineColor, frame.LineWidth) = (Palette.Ink, 1);
    }

    // Rows of one class are independent draws: the first ones are as good as any.
    public static Coordinates[] Select(NumericArray points, int[] labels, int label) =>
        [.. Enumerable.Range(0, labels.Length).Where(row => labels[row] == label).Select(row => new Coordinates(points[row, 0], points[row, 1]))];
}
