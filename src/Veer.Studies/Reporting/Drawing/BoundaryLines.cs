using ScottPlot;
using Veer.Studies.Runs;

namespace Veer.Studies.Reporting.Drawing;

/// <summary>The decision boundary as figures draw it: on a line joined over time, in the plane at the last state.</summary>
internal static class BoundaryLines
{
    /// <summary>A point farther from the last one than this share of the view begins a line of its own.</summary>
    private const double FarthestShare = 0.2;

    /// <summary>Pairs of points of consecutive states, each the nearest of the other.</summary>
    /// <param name="boundary">The boundary on a line.</param>
    /// <param name="range">The height of the view.</param>
    public static IEnumerable<(Coordinates Start, Coordinates End)> Joined(DrawnBoundary boundary, double range)
    {
        var states = Points(boundary).ToLookup(point => (int)point.X, point => point.Y);
        return
            from here in states
            from start in here
            where states.Contains(here.Key + 1)
            let end = Nearest(states[here.Key + 1], start)
            where Nearest(here, end) == start && Math.Abs(end - start) <= FarthestShare * range
            orderby here.Key
            select (new Coordinates(here.Key, start), new Coordinates(here.Key + 1, end));
    }

    /// <summary>Every point by itself, for those that no line joins.</summary>
    public static Coordinates[] Points(DrawnBoundary boundary) => boundary.Points is not { } points ? [] :
        [.. boundary.Steps.Select((step, row) => new Coordinates(step, points[row, 0]))];

    /// <summary>The boundary in the plane at the last state that has any.</summary>
    public static IReadOnlyList<(Coordinates Start, Coordinates End)> Last(DrawnBoundary? boundary) => boundary?.Segments is not { } segments ? [] :
        [.. boundary.Steps.Index().Where(entry => entry.Item == boundary.Steps.Max())
            .Select(entry => (new Coordinates(segments[entry.Index, 0], segments[entry.Index, 1]), new Coordinates(segments[entry.Index, 2], segments[entry.Index, 3])))];

    /// <summary>Draws segments in one stroke.</summary>
    public static void AddTo(Plot panel, IEnumerable<(Coordinates Start, Coordinates End)> segments, float width) =>
        panel.Add.ScatterLine(segments.SelectMany(segment => (Coordinates[])[segment.Start, segment.End, Coordinates.NaN]).ToArray(), ReportPalette.Ink).LineWidth = width;

    private static double Nearest(IEnumerable<double> values, double to) => values.MinBy(value => Math.Abs(value - to));
}
