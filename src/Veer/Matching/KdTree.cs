using System.Numerics;
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
        Build(points, node: 0, start: 0, end: count, level: 0);

        // one column per coordinate, in tree order and padded, so that a leaf is measured by whole vectors
        stride = count + Padding;
        coordinates = new double[stride * dimensions];
        for (int axis = 0; axis < dimensions; axis++)
        {
            for (int i = 0; i < count; i++) coordinates[axis * stride + i] = points[order[i] * dimensions + axis];
        }
    }

    /// <summary>Answers all queries, in parallel.</summary>
    /// <param name="queries">[N, dimensions], row by row.</param>
    /// <param name="table">N lists to fill; k at most the number of points.</param>
    /// <param name="cancellation">Checked between blocks of queries.</param>
    public void Fill(double[] queries, NeighborTable table, CancellationToken cancellation)
    {
        const int Block = 256;
        int blocks = (table.Queries + Block - 1) / Block;
        Parallel.For(0, blocks, new ParallelOptions { CancellationToken = cancellation }, block =>
        {
            int first = block * Block, last = Math.Min(table.Queries, first + Block);
            for (int i = first; i < last; i++)
            {
                Visit(queries.AsSpan(i * dimensions, dimensions), table[i], node: 0, start: 0, end: count, level: 0);
            }
            table.Done(last - first);
        });
    }

    private void Build(ReadOnlySpan<double> points, int node, int start, int end, int level)
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
        int middle = (start + end) / 2;
        Partition(points, widest, start, end - 1, middle);
        Build(points, 2 * node + 1, start, middle, level + 1);
        Build(points, 2 * node + 2, middle, end, level + 1);
    }

    /// <summary>Hoare's selection: reorders the range so that nothing before position nth is larger than anything from it on.</summary>
    private void Partition(ReadOnlySpan<double> points, int axis, int left, int right, int nth)
    {
        while (left < right)
        {
            double pivot = points[order[(left + right) / 2] * dimensions + axis];
            int i = left, j = right;
            while (i <= j)
            {
                while (points[order[i] * dimensions + axis] < pivot) i++;
                while (points[order[j] * dimensions + axis] > pivot) j--;
                if (i > j) break;
                (order[i], order[j]) = (order[j], order[i]);
                i++;
                j--;
            }
            if (nth <= j) right = j;
            else if (nth >= i) left = i;
            else return;
        }
    }

    private void Visit(ReadOnlySpan<double> query, in NearestList nearest, int node, int start, int end, int level)
    {
        if (level == levels)
        {
            MeasureLeaf(query, nearest, start, end);
            return;
        }
        int left = 2 * node + 1, right = left + 1, middle = (start + end) / 2;
        double toLeft = BoxDistance(query, left), toRight = BoxDistance(query, right);
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

    private double BoxDistance(ReadOnlySpan<double> query, int node)
    {
        var box = boxes.AsSpan(node * 2 * dimensions, 2 * dimensions);
        double sum = 0;
        for (int axis = 0; axis < query.Length; axis++)
        {
            double gap = Math.Max(0, Math.Max(box[axis] - query[axis], query[axis] - box[dimensions + axis]));
            sum += gap * gap;
        }
        return sum;
    }

    private void MeasureLeaf(ReadOnlySpan<double> query, in NearestList nearest, int start, int end)
    {
        Span<double> lanes = stackalloc double[Vector512<double>.Count];
        for (int first = start; first < end; first += lanes.Length)
        {
            var sum = Vector512<double>.Zero;
            for (int axis = 0; axis < query.Length; axis++)
            {
                var gap = Vector512.LoadUnsafe(ref coordinates[axis * stride + first]) - Vector512.Create(query[axis]);
                sum += gap * gap;
            }
            ulong near = Vector512.LessThanOrEqual(sum, Vector512.Create(nearest.Worst)).ExtractMostSignificantBits();
            int here = Math.Min(lanes.Length, end - first);
            near &= (1ul << here) - 1;
            if (near == 0) continue;
            sum.CopyTo(lanes);
            for (; near != 0; near &= near - 1)
            {
                int lane = BitOperations.TrailingZeroCount(near);
                nearest.Offer(lanes[lane], order[first + lane]);
            }
        }
    }
}
