using ScottPlot;

namespace Veer.Studies.Reporting;

/// <summary>How one series of a chart is drawn: a line, whole or dashed, with or without markers.</summary>
/// <param name="Color">Of line and markers.</param>
/// <param name="Width">Of the line, in CSS pixels.</param>
/// <param name="Marker">The markers' shape, or none.</param>
/// <param name="MarkerSize">In CSS pixels.</param>
/// <param name="IsDashed">Whether the line is dashed.</param>
internal readonly record struct SeriesLine(Color Color, float Width, MarkerShape Marker, float MarkerSize, bool IsDashed)
{
    public void Add(Plot panel, Coordinates[] points)
    {
        if (points.Length == 0) return;
        if (IsDashed) panel.Add.Plottable(Drawn.Dashes(points, Color, Width));
        else panel.Add.ScatterLine(points, Color).LineWidth = Width;
        if (Marker != MarkerShape.None) panel.Add.Markers(points, Marker, MarkerSize, Color);
    }

    /// <summary>A dashed level across the panel: a floor.</summary>
    public static void AddFloor(Plot panel, double level, double left, double right) =>
        panel.Add.Plottable(Drawn.Dashes([new(left, level), new(right, level)], Palette.Real, 1.5f));
}
