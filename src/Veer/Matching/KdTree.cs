using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Veer.Matching;

/// <summary>
/// Exact nearest neighbours in few dimensions (Friedman, Bentley and Finkel, 1977): a balanced k-d tree in flat arrays. Node n has the
/// children 2n + 1 and 2n + 2, which halve its range of points, so no links are stored; every node keeps its tight bounding box.
/// </summary>
/// <remarks>
/// Distances are sums of squared float64 differences in the order of the coordinates. Rounding is monotone, so a box's distance,
/// computed alike, never exceeds that of a point in it: pruning is exact to the last bit, and ties are settled by index.
/// </remarks>
internal sealed class KdTree
{
    private const int LeafSize = 16;

    /// <summary>Places behind the last point of every coordinate.</summary>
    internal static int Padding => Vector512<double>.Count;

    private readonly int count;
    private readonly int dimensions;
    private readonly int levels;
    private readonly int stride;
    private readonly int[] order;
    private readonly double[] boxes;
    private readonly double[] coordinates;

    /// <param name="points">[count, dimensions], row by row.</param>
    /// <param name="dimensions">Coordinates per point.</param>
    public KdTree(ReadOnlySpan<double> points, int dimensions)
    {
        this.dimensions = dimensions;
        count = points.Length / dimensions;
        while (count >> levels > LeafSize) levels++;
        order = new int[count];
        for (int i = 0; i < count; i++) order[i] = i;
        boxes = new double[((2 << levels) - 1) * 2 * dimensions];
        Build(points, new double[count], node: 0, start: 0, end: count, level: 0);

        // one column per coordinate, in tree order and padded, so that a leaf is measured by whole vectors
        stride = count + Padding;
        coordinates = new double[stride * dimensions];
        for (int axis = 0; axis < dimensions; axis++)
        {
            for (int i = 0; i < count; i++) coordinates[axis * stride + i] = points[order[i] * dimensions + axis];
        }
    }

    /// <summary>Leaves: every range of points is halved as often.</summary>
    public int Leaves => 1 << levels;

    /// <summary>A leaf's points, by their rows, and its box: the lowest values of the coordinates, then the highest.</summary>
    public ReadOnlySpan<int> Leaf(int leaf, out ReadOnlySpan<double> box)
    {
        int start = 0, end = count;
        for (int bit = levels - 1; bit >= 0; bit--)
        {
            int middle = start + (end - start) / 2;
            if ((leaf >> bit & 1) == 0) end = middle;
            else start = middle;
        }
        box = Box((1 << levels) - 1 + leaf);
        return order.AsSpan(start, end - start);
    }

    /// <summary>Fills the list of one query.</summary>
    /// <param name="query">[dimensions].</param>
    /// <param name="nearest">At most as long as there are points.</param>
    public void Find(ReadOnlySpan<double> query, NearestList nearest) => Visit(query, nearest, node: 0, start: 0, end: count, level: 0);

    /// <summary>Room for candidates of this tree.</summary>
    public TreeCandidates Candidates() => new(coordinates, stride, order);

    /// <summary>Collects the points of all leaves that come near a box.</summary>
    /// <param name="box">The lowest values of the coordinates, then the highest.</param>
    /// <param name="reach">How near, squared.</param>
    /// <param name="candidates">Emptied first.</param>
    /// <returns>Whether there was room for all.</returns>
    public bool Gather(ReadOnlySpan<double> box, double reach, TreeCandidates candidates)
    {
        candidates.Clear();
        return Gather(box, reach, candidates, node: 0, start: 0, end: count, level: 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool Gather(ReadOnlySpan<double> box, double reach, TreeCandidates candidates, int node, int start, int end, int level)
    {
        if (BoxDistance(box[..dimensions], box[dimensions..], node) > reach) return true;
        if (level == levels) return candidates.Add(start, end);
        int middle = start + (end - start) / 2;
        return Gather(box, reach, candidates, 2 * node + 1, start, middle, level + 1) && Gather(box, reach, candidates, 2 * node + 2, middle, end, level + 1);
    }

    private ReadOnlySpan<double> Box(int node) => boxes.AsSpan(node * 2 * dimensions, 2 * dimensions);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Build(ReadOnlySpan<double> points, double[] keys, int node, int start, int end, int level)
    {
        var low = boxes.AsSpan(node * 2 * dimensions, dimensions);
        var high = boxes.AsSpan((node * 2 + 1) * dimensions, dimensions);
        low.Fill(double.PositiveInfinity);
        high.Fill(double.NegativeInfinity);
        for (int i = start; i < end; i++)
        {
            var point = points.Slice(order[i] * dimensions, dimensions);
            for (int axis = 0; axis < dimensions; axis++)
            {
                low[axis] = Math.Min(low[axis], point[axis]);
                high[axis] = Math.Max(high[axis], point[axis]);
            }
        }
        if (level == levels) return;

        int widest = 0;
        for (int axis = 1; axis < dimensions; axis++)
        {
            if (high[axis] - low[axis] > high[widest] - low[widest]) widest = axis;
        }
        int middle = start + (end - start) / 2;
        // side by side they are read faster than by way of the order
        for (int i = start; i < end; i++) keys[i] = points[order[i] * dimensions + widest];
        Partition(keys, order, start, end - 1, middle);
        Build(points, keys, 2 * node + 1, start, middle, level + 1);
        Build(points, keys, 2 * node + 2, middle, end, level + 1);
    }

    /// <summary>Hoare's selection: reorders the range so that no key before the nth is larger than any from it on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Partition(Span<double> keys, Span<int> order, int left, int right, int nth)
    {
        while (left < right)
        {
            double pivot = keys[left + (right - left) / 2];
            int i = left, j = right;
            while (i <= j)
            {
                while (keys[i] < pivot) i++;
                while (keys[j] > pivot) j--;
                if (i > j) break;
                (keys[i], keys[j]) = (keys[j], keys[i]);
                (order[i], order[j]) = (order[j], order[i]);
                i++;
                j--;
            }
            if (nth <= j) right = j;
            else if (nth >= i) left = i;
            else return;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Visit(ReadOnlySpan<double> query, in NearestList nearest, int node, int start, int end, int level)
    {
        if (level == levels)
        {
            MeasureLeaf(query, nearest, start, end);
            return;
        }
        int left = 2 * node + 1, right = left + 1, middle = start + (end - start) / 2;
        double toLeft = BoxDistance(query, query, left), toRight = BoxDistance(query, query, right);
        // a box exactly at the worst distance may hold a point of lower index
        if (toLeft <= toRight)
        {
            if (toLeft <= nearest.Worst) Visit(query, nearest, left, start, middle, level + 1);
            if (toRight <= nearest.Worst) Visit(query, nearest, right, middle, end, level + 1);
        }
        else
        {
            if (toRight <= nearest.Worst) Visit(query, nearest, right, middle, end, level + 1);
            if (toLeft <= nearest.Worst) Visit(query, nearest, left, start, middle, level + 1);
        }
    }

    /// <summary>The squared distance of a box, from its lowest to its highest values, to that of a node; a point is a box too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private double BoxDistance(ReadOnlySpan<double> low, ReadOnlySpan<double> high, int node)
    {
        var box = Box(node);
        double sum = 0;
        for (int axis = 0; axis < low.Length; axis++)
        {
            double gap = Math.Max(0, Math.Max(box[axis] - high[axis], low[axis] - box[dimensions + axis]));
            sum += gap * gap;
        }
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MeasureLeaf(ReadOnlySpan<double> query, in NearestList nearest, int start, int end)
    {
        Span<double> lanes = stackalloc double[Vector512<double>.Count];
        for (int first = start; first < end; first += lanes.Length)
        {
            for (ulong near = Within(coordinates, stride, first, end, query, nearest.Worst, lanes); near != 0; near &= near - 1)
            {
                int lane = BitOperations.TrailingZeroCount(near);
                nearest.Offer(lanes[lane], order[first + lane]);
            }
        }
    }

    /// <summary>Measures a vector of points at a time.</summary>
    /// <param name="columns">Coordinates in columns; a whole vector may be read from any point on.</param>
    /// <param name="stride">From one column to the next.</param>
    /// <param name="first">The first point.</param>
    /// <param name="end">The end of its range.</param>
    /// <param name="query">[dimensions].</param>
    /// <param name="reach">A squared distance.</param>
    /// <param name="squared">Gets the squared distances, where one is within reach.</param>
    /// <returns>A bit for each point that is.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Within(double[] columns, int stride, int first, int end, ReadOnlySpan<double> query, double reach, Span<double> squared)
    {
        var sum = Vector512<double>.Zero;
        for (int axis = 0; axis < query.Length; axis++)
        {
            var gap = Vector512.LoadUnsafe(ref columns[axis * stride + first]) - Vector512.Create(query[axis]);
            sum += gap * gap;
        }
        ulong near = Vector512.LessThanOrEqual(sum, Vector512.Create(reach)).ExtractMostSignificantBits();
        near &= (1ul << Math.Min(Vector512<double>.Count, end - first)) - 1;
        if (near != 0) sum.CopyTo(squared);
        return near;
    }
}
