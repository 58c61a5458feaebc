using ScottPlot;
using Veer.Studies.Reporting.Drawing;
using Veer.Studies.Runs;

namespace Veer.Studies.Reporting.Figures;

/// <summary>Real points, then the samples at each stage, side by side on equal axes; for every class a row, and a close-up under it.</summary>
/// <param name="real">Held-out real points.</param>
internal sealed class ScatterFigure(RealSet real)
{
    // few enough for a page that opens at once: points per panel, postprocessors beside each other, classes below each other
    private const int MostPoints = 4000, MostPostprocessed = 3, MostClasses = 10;

    private const float MarkerSize = 2.2f, CloseUpMarkerSize = 3.6f;

    private readonly bool oneClass = !real.Labels.Distinct().Skip(1).Any();

    // found once for each class: it is the same in all figures
    private readonly Dictionary<int, PointView?> closeUps = [];

    public static IReadOnlyList<string> Reading { get; } =
    [
        "The same samples before and after postprocessing, beside real points that no model has seen. Behind the samples the real points lie in pale grey: "
        + "colour away from grey is a sample where no data is; grey that stays bare is data that no sample reaches.",
        $"The close-ups show the small square of the panel above them: a place of typical density, the same at every scale. At most {Text.Count(MostPoints)} points a panel; both axes have one unit.",
    ];

    /// <param name="all">The samples at every stage.</param>
    /// <param name="boundary">The decision boundary, if there is one.</param>
    /// <param name="name">The guidance's name in words.</param>
    /// <param name="place">Its scale behind that name, if it has one.</param>
    public Figure Create(SampleSet all, DrawnBoundary? boundary, string name, string place)
    {
        var samples = all.WithAtMost(MostPostprocessed);
        var edge = real.Points.Width == 2 ? BoundaryLines.Last(boundary) : [];
        int[] classes = [.. samples.Labels.Distinct().Order().Take(MostClasses)];
        var grid = new PanelGrid(samples.Stages.Count + 1) { Padding = new(left: 38, right: 4, bottom: 24, top: 26) };
        grid.AddLegend("held-out real points", LegendKey.Dot(ReportPalette.Real));
        foreach (int label in classes) grid.AddLegend(oneClass ? "samples" : $"samples of class {label}", LegendKey.Dot(ReportPalette.Class(label)));
        if (edge.Count > 0) grid.AddLegend("decision boundary", LegendKey.Line(ReportPalette.Ink));
        foreach (int label in classes) AddClass(grid, samples, label, edge);
        string scale = Text.Scale(samples.Scale), names = Text.Enumerate(samples.StageNames);
        int hidden = all.Stages.Count - samples.Stages.Count;
        return grid.ToFigure(
            $"scatter-{samples.Guidance}-w{scale}",
            Text.Capitalize(name) + place,
            $"Held-out real points on the left, then the same samples {names}.{(edge.Count > 0 ? " The dark line is the decision boundary at the last state." : "")}"
            + (hidden == 0 ? "" : $" {hidden} more {(hidden == 1 ? "stage was" : "stages were")} measured: the tables have all."),
            $"Scatter plots for {name}{(place.Length > 0 ? $" at scale {scale}" : "")}: for each of {classes.Length} classes a row and a close-up, columns for real points and samples {names}.");
    }

    private void AddClass(PanelGrid grid, SampleSet samples, int label, IReadOnlyList<(Coordinates Start, Coordinates End)> edge)
    {
        var truth = Select(real.Points, real.Labels, label);
        var stages = samples.Stages.Select(stage => (stage.Stage, Points: Select(stage.Points, samples.Labels, label))).ToList();
        if (!closeUps.TryGetValue(label, out var closeUp)) closeUps.Add(label, closeUp = PointView.CloseUp(truth));
        var whole = PointView.Around(truth, stages.SelectMany(stage => stage.Points));
        foreach (var view in closeUp is { } square ? [whole, square] : (PointView[])[whole])
        {
            AddPanel($"Real{(oneClass ? "" : $", class {label}")}{(view == whole ? "" : ", close-up")}", view, ReportPalette.Real.WithAlpha(0.75), []);
            foreach (var (stage, points) in stages)
            {
                int outside = view == whole ? view.CountOutside(points) : 0;
                AddPanel(Text.Capitalize(stage) + (outside > 0 ? $" ({Text.Count(outside)} out of view)" : ""), view, ReportPalette.RealFaint, points);
            }
        }

        void AddPanel(string title, PointView view, Color behind, Coordinates[] points)
        {
            var panel = grid.AddPanel(title, view);
            foreach (var (dots, color) in ((Coordinates[], Color)[])[(truth, behind), (points, ReportPalette.Class(label).WithAlpha(0.6))])
                panel.Add.Plottable(Drawn.Dots([.. dots.Take(MostPoints).Where(view.Contains)], view == whole ? MarkerSize : CloseUpMarkerSize, color));
            BoundaryLines.AddTo(panel, edge, 1.2f);
            if (view == whole && closeUp is { } inner)
                new Series([new(inner.Left, inner.Bottom), new(inner.Left, inner.Top), new(inner.Right, inner.Top), new(inner.Right, inner.Bottom), new(inner.Left, inner.Bottom)], ReportPalette.Ink, 1).AddTo(panel);
        }
    }

    // Rows of one class are independent draws: the first ones are as good as any.
    private static Coordinates[] Select(NumericArray points, int[] labels, int label) =>
        [.. Enumerable.Range(0, labels.Length).Where(row => labels[row] == label).Select(row => new Coordinates(points[row, 0], points[row, 1]))];
}
