using ScottPlot;

namespace Veer.Studies.Reporting;

/// <summary>Real points, then the samples at each stage, side by side on equal axes; a row per class.</summary>
internal static class ScatterFigure
{
    /// <summary>Points drawn per panel: enough to see the shape, few enough for a page that opens at once.</summary>
    private const int MostPoints = 4000;

    private const float MarkerSize = 2.2f;

    public static Figure Create(RealSet real, SampleSet samples)
    {
        int[] classes = [.. samples.Labels.Distinct().Order()];
        var grid = new PanelGrid(samples.Stages.Count + 1) { Padding = new(left: 38, right: 4, bottom: 24, top: 28) };
        grid.AddLegend("held-out real points", Palette.Real);
        foreach (int label in classes) grid.AddLegend($"samples of class {label}", Palette.Class(label));
        foreach (int label in classes) AddRow(grid, real, samples, label);
        string scale = Text.Scale(samples.Scale);
        string stages = Text.Enumerate([.. samples.Stages.Select(stage => stage.Stage)]);
        return grid.ToFigure(
            $"scatter-{samples.Guidance}-w{scale}",
            $"Guidance scale {scale}: held-out real points on the left, then the same samples {stages}. Behind every sample panel the real points lie in pale grey: "
            + "colour away from grey is a sample where no data is; grey that stays bare is data that no sample reaches. "
            + $"At most {Text.Count(MostPoints)} points a panel; both axes have one unit.",
            $"Scatter plots for {samples.Guidance} guidance at scale {scale}: a row for each of {classes.Length} classes, columns for real points and samples {stages}.");
    }

    private static void AddRow(PanelGrid grid, RealSet real, SampleSet samples, int label)
    {
        var truth = Select(real.Points, real.Labels, label);
        var stages = samples.Stages.Select(stage => (stage.Stage, Points: Select(stage.Points, samples.Labels, label))).ToList();
        var view = PointView.Around(truth, stages.SelectMany(stage => stage.Points));
        int dataWidth = grid.PanelWidth - (int)(grid.Padding.Left + grid.Padding.Right);
        int height = (int)(dataWidth * view.Ratio + grid.Padding.Top + grid.Padding.Bottom);
        var panel = AddPanel(grid, $"Real, class {label}", height, view);
        AddPoints(panel, truth, Palette.Real.WithAlpha(0.75));
        foreach (var (stage, points) in stages)
        {
            int outside = view.CountOutside(points);
            panel = AddPanel(grid, Text.Capitalize(stage) + (outside > 0 ? $" ({Text.Count(outside)} out of view)" : ""), height, view);
            AddPoints(panel, truth, Palette.RealFaint.WithAlpha(0.8));
            AddPoints(panel, points, Palette.Class(label).WithAlpha(0.6));
        }
    }

    private static Plot AddPanel(PanelGrid grid, string title, int height, PointView view)
    {
        var panel = grid.AddPanel(title, height);
        panel.Axes.SetLimits(view.Left, view.Right, view.Bottom, view.Top);
        return panel;
    }

    private static void AddPoints(Plot panel, Coordinates[] points, Color color)
    {
        if (points.Length > 0) panel.Add.Markers(points.Length > MostPoints ? points[..MostPoints] : points, MarkerShape.FilledCircle, MarkerSize, color);
    }

    // Rows of one class are independent draws: the first ones are as good as any.
    private static Coordinates[] Select(NumericArray points, int[] labels, int label) =>
        [.. Enumerable.Range(0, labels.Length).Where(row => labels[row] == label).Select(row => new Coordinates(points[row, 0], points[row, 1]))];
}
