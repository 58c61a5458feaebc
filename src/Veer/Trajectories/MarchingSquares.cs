using System.Collections.Immutable;

namespace Veer.Trajectories;

/// <summary>A straight piece of a curve in the plane.</summary>
/// <param name="From">One end.</param>
/// <param name="To">The other end.</param>
public readonly record struct Segment((double X, double Y) From, (double X, double Y) To);

/// <summary>
/// The zero level set of a function in the plane as line segments: in every square of a grid the points where the function changes its
/// sign along the sides are joined (Lorensen and Cline's marching cubes, 1987, in two dimensions).
/// </summary>
internal static class MarchingSquares
{
    private const int X = 0, Y = 1;

    public static ImmutableArray<Segment> Segments(SignChanges grid)
    {
        var segments = ImmutableArray.CreateBuilder<Segment>();
        int side = grid.Resolution;
        for (int square = 0; square < side * (side - 1); square++)
        {
            if (square % side == side - 1) continue;
            int bottom = grid.On(X, square), right = grid.On(Y, square + side), top = grid.On(X, square + 1), left = grid.On(Y, square);
            int[] crossed = [.. new[] { bottom, right, top, left }.Where(crossing => crossing != SignChanges.None)];
            if (crossed.Length == 2) Add(crossed[0], crossed[1]);
            if (crossed.Length != 4) continue;
            // a saddle: the corners of the middle's sign are joined, and the other two cut off
            double middle = grid.Values[square] + grid.Values[square + side] + grid.Values[square + 1] + grid.Values[square + side + 1];
            bool joinsFirst = middle > 0 == grid.IsPositive(square);
            Add(bottom, joinsFirst ? right : left);
            Add(top, joinsFirst ? left : right);
        }
        return segments.ToImmutable();

        void Add(int from, int to) => segments.Add(new(Point(from), Point(to)));
        (double, double) Point(int crossing) => (grid.Points[2 * crossing], grid.Points[2 * crossing + 1]);
    }
}
