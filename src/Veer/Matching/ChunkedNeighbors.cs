using System.Runtime.Intrinsics;

namespace Veer.Matching;

/// <summary>
/// Exact nearest neighbours in many dimensions: only pairs whose lower bound, of <see cref="DistanceBounds"/>, is not above the query's k-th best
/// so far are measured, by direct float64 differences.
/// </summary>
internal static class ChunkedNeighbors
{
    /// <summary>Queries and points per product: a block of 8 MB.</summary>
    private const int QueryChunk = 256;
    private const int PointChunk = 8192;

    /// <param name="queries">[N, D] float32, contiguous, on the CPU.</param>
    /// <param name="points">[M, D] float32, contiguous, on the CPU.</param>
    /// <param name="table">N lists to fill; k at most M.</param>
    /// <param name="cancellation">Checked between chunks.</param>
    public static unsafe void Fill(Tensor queries, Tensor points, NeighborTable table, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        int dimensions = (int)points.shape[1], count = (int)points.shape[0];
        var bounds = new DistanceBounds(points, queries);
        var block = empty(QueryChunk * PointChunk, ScalarType.Float32);
        nint query = CandidateScan.Address(queries), point = CandidateScan.Address(points), lower = CandidateScan.Address(block);

        for (int firstQuery = 0; firstQuery < table.Queries; firstQuery += QueryChunk)
        {
            using var chunk = NewDisposeScope();
            int rows = Math.Min(QueryChunk, table.Queries - firstQuery);
            var left = bounds.Left(queries.narrow(0, firstQuery, rows));
            for (int firstPoint = 0; firstPoint < count; firstPoint += PointChunk)
            {
                cancellation.ThrowIfCancellationRequested();
                int columns = Math.Min(PointChunk, count - firstPoint);
                bounds.Fill(block.narrow(0, 0, (long)rows * columns).view(rows, columns), left, firstPoint);
                Parallel.For(0, rows, row => CandidateScan.Run(
                    new((float*)lower + (long)row * columns, columns),
                    firstPoint,
                    new List(table[firstQuery + row], new((float*)query + (long)(firstQuery + row) * dimensions, (float*)point, dimensions), bounds)));
            }
            table.Done(rows);
        }
    }

    /// <summary>The list of one query; it measures the points whose lower bound leaves a chance.</summary>
    private readonly ref struct List(NearestList nearest, Pairs pairs, DistanceBounds bounds) : ICandidates
    {
        private readonly NearestList nearest = nearest;

        public float Reach => bounds.Reach(nearest.Worst);

        public void Offer(int index) => nearest.Offer(pairs.SquaredDistance(index), index);
    }

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
