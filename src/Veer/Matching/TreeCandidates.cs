using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Veer.Matching;

/// <summary>Points of a tree that may be neighbours of a few queries that lie together; a query takes its own from them.</summary>
/// <param name="columns">The points' coordinates in the tree's order, in columns; a whole vector may be read from any point on.</param>
/// <param name="stride">From one column to the next.</param>
/// <param name="order">The rows of the points.</param>
internal sealed class TreeCandidates(double[] columns, int stride, int[] order)
{
    /// <summary>Points, in so many ranges, that are looked at, and those of them that one query may rank: where more are as near, as among equal ones, the tree is faster.</summary>
    private const int MostPoints = 4096, MostRanges = 64, MostRanked = 256;

    /// <summary>In the place of a row: two that are equally far have one place, and the next stays empty.</summary>
    private const int Nobody = -1;

    private readonly (int Start, int End)[] ranges = new (int, int)[MostRanges];
    private readonly double[] squared = new double[MostRanked];
    private readonly int[] ranked = new int[MostRanked];
    private readonly double[] squaredByRank = new double[MostRanked];
    private readonly int[] rowsByRank = new int[MostRanked];
    private int count, points;

    public void Clear() => count = points = 0;

    /// <summary>Adds the points of a leaf, in the order of the leaves.</summary>
    /// <returns>Whether there was room.</returns>
    public bool Add(int start, int end)
    {
        points += end - start;
        if (points > MostPoints) return false;
        if (count > 0 && ranges[count - 1].End == start) ranges[count - 1].End = end;
        else if (count == MostRanges) return false;
        else ranges[count++] = (start, end);
        return true;
    }

    /// <summary>Fills the list of one query with the nearest of them.</summary>
    /// <param name="query">[dimensions].</param>
    /// <param name="likely">How far, squared, the k nearest usually are: tried first, as the fewer there are to rank the better.</param>
    /// <param name="reach">No point farther than it, squared, is among the nearest.</param>
    /// <param name="nearest">Left as it is, or filled; its length is k.</param>
    /// <returns>Whether it did: not where too many are within reach, nor where two are equally far.</returns>
    public bool TryFill(ReadOnlySpan<double> query, double likely, double reach, NearestList nearest)
    {
        int within = likely < reach ? Collect(query, likely) : 0;
        if (within >= 0 && within < nearest.Length) within = Collect(query, reach);
        return within >= nearest.Length && Rank(within, nearest);
    }

    /// <returns>How many are within reach; -1 if too many.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Collect(ReadOnlySpan<double> query, double reach)
    {
        Span<double> lanes = stackalloc double[Vector512<double>.Count];
        int within = 0;
        foreach (var (start, end) in ranges.AsSpan(0, count))
        {
            for (int first = start; first < end; first += lanes.Length)
            {
                ulong near = KdTree.Within(columns, stride, first, end, query, reach, lanes);
                if (near != 0 && within > MostRanked - lanes.Length) return -1;
                for (; near != 0; near &= near - 1)
                {
                    int lane = BitOperations.TrailingZeroCount(near);
                    squared[within] = lanes[lane];
                    ranked[within++] = order[first + lane];
                }
            }
        }
        return within;
    }

    /// <summary>Puts every one in the place that the number of nearer ones gives it: no branch hangs on the values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool Rank(int within, NearestList nearest)
    {
        Span<double> all = squared.AsSpan(0, within), placed = squaredByRank;
        Span<int> placedRows = rowsByRank.AsSpan(0, within);
        placedRows.Fill(Nobody);
        Span<long> ranks = stackalloc long[2 * Vector256<long>.Count];
        for (int first = 0; first < within; first += ranks.Length)
        {
            Vector256<double> own = Vector256.LoadUnsafe(ref squared[first]), next = Vector256.LoadUnsafe(ref squared[first + Vector256<double>.Count]);
            Vector256<long> nearer = Vector256<long>.Zero, nearerThanNext = Vector256<long>.Zero;
            foreach (double other in all)
            {
                var one = Vector256.Create(other);
                nearer -= Vector256.LessThan(one, own).AsInt64();
                nearerThanNext -= Vector256.LessThan(one, next).AsInt64();
            }
            nearer.CopyTo(ranks);
            nearerThanNext.CopyTo(ranks[Vector256<long>.Count..]);
            for (int i = first; i < Math.Min(within, first + ranks.Length); i++)
            {
                int rank = (int)ranks[i - first];
                placed[rank] = squared[i];
                placedRows[rank] = ranked[i];
            }
        }
        if (placedRows[..Math.Min(within, nearest.Length + 1)].Contains(Nobody)) return false;
        nearest.Take(placed, placedRows);
        return true;
    }
}
