using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Veer.Matching;

/// <summary>
/// Exact nearest neighbours in many dimensions. Float32 matrix products give every pair a proven lower bound of its squared distance;
/// only pairs whose bound is not above the query's k-th best so far are measured, by direct float64 differences. So the products
/// decide how fast the answer comes, never what it is.
/// </summary>
/// <remarks>
/// With c the centred and scaled rows, u = 2^-24 and s = |q|² + |p|², the computed |p|² - 2 q·p differs from the true
/// |q - p|² - |q|² by less than (4 D + 32) u s: at most 3 (D + 1) u s from the product and the norms (Higham, Accuracy and Stability
/// of Numerical Algorithms, 3.1; any order of summation, fused or not) and at most 8 u s from rounding the centred rows.
/// </remarks>
internal static class ChunkedNeighbors
{
    /// <summary>Queries and points per product: a block of 8 MB.</summary>
    private const int QueryChunk = 256;
    private const int PointChunk = 8192;

    /// <summary>Values of the points that are centred at a time: 16 MB.</summary>
    private const int CentredValues = 1 << 22;

    private const double UnitRoundoff = 1.0 / (1 << 24);

    /// <summary>Absolute slack in scaled units (the largest coordinate is 1 to 2): far above what underflow can lose.</summary>
    private const double Underflow = 1e-30;

    /// <param name="queries">[N, D] float32, contiguous, on the CPU.</param>
    /// <param name="points">[M, D] float32, contiguous, on the CPU.</param>
    /// <param name="table">N lists to fill; k at most M.</param>
    /// <param name="cancellation">Checked between chunks.</param>
    public static unsafe void Fill(Tensor queries, Tensor points, NeighborTable table, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        int dimensions = (int)points.shape[1], count = (int)points.shape[0];
        double slack = (4.0 * dimensions + 32) * UnitRoundoff;
        var centre = points.mean([0]);
        // a power of two, so that scaling is exact
        double largest = Math.Max(Largest(points, centre), Largest(queries, centre));
        double scale = largest > 0 ? Math.ScaleB(1, Math.Min(-Math.ILogB(largest), 100)) : 1;
        var right = Bounding(points, centre, scale, slack);
        var block = empty(QueryChunk * PointChunk, ScalarType.Float32);
        nint query = Address(queries), point = Address(points), bound = Address(block);

        for (int firstQuery = 0; firstQuery < table.Queries; firstQuery += QueryChunk)
        {
            using var chunk = NewDisposeScope();
            int rows = Math.Min(QueryChunk, table.Queries - firstQuery);
            var queryRows = (queries.narrow(0, firstQuery, rows) - centre).mul_(scale);
            var left = cat([queryRows * -2, ones(rows, 1)], 1);
            float[] norms = queryRows.square().sum(1).data<float>().ToArray();
            for (int firstPoint = 0; firstPoint < count; firstPoint += PointChunk)
            {
                cancellation.ThrowIfCancellationRequested();
                int columns = Math.Min(PointChunk, count - firstPoint);
                block.narrow(0, 0, (long)rows * columns).view(rows, columns).addmm_(left, right.narrow(0, firstPoint, columns).t(), beta: 0);
                Parallel.For(0, rows, row =>
                {
                    var bounds = new ReadOnlySpan<float>((float*)bound + (long)row * columns, columns);
                    Measure(bounds, new Pairs((float*)query + (long)(firstQuery + row) * dimensions, (float*)point, dimensions),
                        firstPoint, table[firstQuery + row], scale * scale, (1 - slack) * norms[row] - Underflow);
                });
            }
            table.Done(rows);
        }
    }

    /// <summary>
    /// The points' side of the products, [M, D + 1]: [c, (1 - slack) |c|²] · [-2 q, 1] is the lower bound, but for the query's own norm.
    /// It is the one copy of the points that the search makes.
    /// </summary>
    private static Tensor Bounding(Tensor points, Tensor centre, double scale, double slack)
    {
        long dimensions = points.shape[1];
        var right = empty(points.shape[0], dimensions + 1);
        foreach (var (first, rows) in Blocks(points))
        {
            using var scope = NewDisposeScope();
            var centred = (rows - centre).mul_(scale);
            var target = right.narrow(0, first, rows.shape[0]);
            target.narrow(1, 0, dimensions).copy_(centred);
            target.select(1, dimensions).copy_(centred.mul_(centred).sum(1).mul_(1 - slack));
        }
        return right;
    }

    private static double Largest(Tensor rows, Tensor centre)
    {
        double largest = 0;
        foreach (var (_, some) in Blocks(rows))
        {
            using var scope = NewDisposeScope();
            largest = Math.Max(largest, (some - centre).abs_().max().item<float>());
        }
        return largest;
    }

    private static IEnumerable<(long First, Tensor Rows)> Blocks(Tensor rows)
    {
        long count = rows.shape[0], block = Math.Max(1, CentredValues / rows.shape[1]);
        for (long first = 0; first < count; first += block) yield return (first, rows.narrow(0, first, Math.Min(block, count - first)));
    }

    /// <summary>Measures the points whose lower bound leaves a chance, and offers them to the list.</summary>
    private static void Measure(
        ReadOnlySpan<float> bounds, Pairs pairs, int firstPoint, in NearestList nearest, double scale, double norm)
    {
        ref float first = ref MemoryMarshal.GetReference(bounds);
        float threshold = Threshold(nearest, scale, norm);
        int at = 0;
        for (; at <= bounds.Length - Vector512<float>.Count; at += Vector512<float>.Count)
        {
            var candidates = Vector512.LessThanOrEqual(Vector512.LoadUnsafe(ref first, (nuint)at), Vector512.Create(threshold));
            if (candidates == Vector512<float>.Zero) continue;
            for (ulong bits = candidates.ExtractMostSignificantBits(); bits != 0; bits &= bits - 1)
            {
                int index = firstPoint + at + BitOperations.TrailingZeroCount(bits);
                nearest.Offer(pairs.SquaredDistance(index), index);
            }
            threshold = Threshold(nearest, scale, norm);
        }
        for (; at < bounds.Length; at++)
        {
            if (bounds[at] > threshold) continue;
            nearest.Offer(pairs.SquaredDistance(firstPoint + at), firstPoint + at);
            threshold = Threshold(nearest, scale, norm);
        }
    }

    /// <summary>The largest bound that leaves a chance, rounded up.</summary>
    private static float Threshold(in NearestList nearest, double scale, double norm) =>
        MathF.BitIncrement((float)(nearest.Worst * scale - norm));

    private static unsafe nint Address(Tensor tensor) => (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));

    /// <summary>One query against the points, by direct differences.</summary>
    private readonly unsafe struct Pairs(float* query, float* points, int dimensions)
    {
        /// <summary>Float64, summed in an order that depends on the number of dimensions alone.</summary>
        public double SquaredDistance(int index)
        {
            float* point = points + (long)index * dimensions;
            double sum = 0;
            int axis = 0;
            if (dimensions >= Vector512<float>.Count)
            {
                Vector512<double> low = Vector512<double>.Zero, high = Vector512<double>.Zero;
                for (; axis <= dimensions - Vector512<float>.Count; axis += Vector512<float>.Count)
                {
                    var (queryLow, queryHigh) = Vector512.Widen(Vector512.Load(query + axis));
                    var (pointLow, pointHigh) = Vector512.Widen(Vector512.Load(point + axis));
                    low += (queryLow - pointLow) * (queryLow - pointLow);
                    high += (queryHigh - pointHigh) * (queryHigh - pointHigh);
                }
                var lanes = low + high;
                for (int lane = 0; lane < Vector512<double>.Count; lane++) sum += lanes[lane];
            }
            for (; axis < dimensions; axis++)
            {
                double gap = (double)query[axis] - point[axis];
                sum += gap * gap;
            }
            return sum;
        }
    }
}
