using ScottPlot;

namespace Veer.Studies.Reporting;

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
        if (boundary.Points is not { } points) yield break;
        var states = Enumerable.Range(0, boundary.Steps.Length)
            .GroupBy(row => boundary.Steps[row], row => (double)points[row, 0])
            .ToDictionary(group => group.Key, group => group.ToArray());
        foreach (var (step, here) in states.OrderBy(state => state.Key))
        {
            if (!states.TryGetValue(step + 1, out double[]? next)) continue;
            foreach (double from in here)
            {
                double to = Nearest(next, from);
                if (Nearest(here, to) == from && Math.Abs(to - from) <= FarthestShare * range) yield return (new(step, from), new(step + 1, to));
            }
        }
    }

    /// <summary>Every point by itself, for those that no line joins.</summary>
    public static Coordinates[] Points(DrawnBoundary boundary) => boundary.Points is not { } points ? [] :
        [.. Enumerable.Range(0, boundary.Steps.Length).Select(row => new Coordinates(boundary.Steps[row], points[row, 0]))];

    /// <summary>The boundary in the plane at the last state.</summary>
    public static Drawn Last(DrawnBoundary boundary) => Drawn.Segments(
        boundary.LastSegments().Select(segment => (new Coordinates(segment.StartX, segment.StartY), new Coordinates(segment.EndX, segment.EndY))),
        Palette.Ink, 1.2f);

    private static double Nearest(double[] values, double to) => values.MinBy(value => Math.Abs(value - to));
}
