using System.Runtime.Intrinsics;
using Veer.Formats;

namespace Veer.Matching;

/// <summary>
/// Exact nearest neighbours in many dimensions: only pairs whose lower bound, of <see cref="DistanceBounds"/>, is not above the query's k-th best
/// so far are measured, by direct float64 differences.
/// </summary>
internal static class ChunkedNeighbors
{
    /// <summary>Queries and points per product: a block of 8 MB, of the shape that products are fast in.</summary>
    private static readonly (int Queries, int Points) Chunk = (1024, 2048);

    /// <summary>Where measuring takes longer than bounds: points that a processor's cache holds.</summary>
    private static readonly (int Queries, int Points) MappedChunk = (1024, 512);

    /// <summary>Coordinates after which a sum is looked at: it only grows.</summary>
    private const int Glance = 512;

    /// <summary>One point in so many may be left open.</summary>
    private const int OpenShare = 1000;

    /// <param name="queries">[N, D] float32, contiguous, on the CPU.</param>
    /// <param name="points">[M, D] float32, contiguous, on the CPU.</param>
    /// <param name="table">N lists to fill; k at most M.</param>
    /// <param name="cancellation">Checked between chunks.</param>
    public static unsafe void Fill(Tensor queries, Tensor points, NeighborTable table, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        int dimensions = (int)points.shape[1], count = (int)points.shape[0];
        var (near, far, errors, open) = Mapped(queries, points);
        var bounds = new DistanceBounds(far, near);
        var (queryChunk, pointChunk) = errors is null ? Chunk : MappedChunk;
        var block = empty((long)queryChunk * Math.Min(pointChunk, count), ScalarType.Float32);
        nint query = TensorBytes.Address(queries), point = TensorBytes.Address(points), lower = TensorBytes.Address(block);

        for (int firstQuery = 0; firstQuery < table.Queries; firstQuery += queryChunk)
        {
            using var chunk = NewDisposeScope();
            int rows = Math.Min(queryChunk, table.Queries - firstQuery), asked = firstQuery;
            var left = bounds.Left(near.narrow(0, firstQuery, rows));
            var likely = new NeighborTable(rows, table.K, progress: null);
            // measured first, the points with the least bounds keep others from being measured at all: of the first chunk, or where bounds cost little of all
            int looked = errors is null ? Math.Min(pointChunk, count) : count;
            for (int firstPoint = 0; firstPoint < looked; firstPoint += pointChunk)
            {
                int from = firstPoint, columns = FillBounds(left, firstPoint, []);
                Parallel.For(0, rows, row => CandidateScan.Least(Line(row, columns), from, likely[row]));
            }
            Parallel.For(0, rows, row =>
            {
                foreach (int index in Known(row))
                    if (index < count) table[asked + row].Offer(PairsOf(row).SquaredDistance(index, double.PositiveInfinity), index);
            });
            for (int firstPoint = 0; firstPoint < count; firstPoint += pointChunk)
            {
                int from = firstPoint, columns = looked > pointChunk || looked <= firstPoint ? FillBounds(left, firstPoint, open) : looked;
                Parallel.For(0, rows, row => CandidateScan.Run(
                    Line(row, columns), from, new List(table[asked + row], PairsOf(row), bounds, errors?[asked + row] ?? 0, Known(row))));
            }
            table.Done(rows);

            ReadOnlySpan<float> Line(int row, int columns) => new((float*)lower + (long)row * columns, columns);

            Pairs PairsOf(int row) => new((float*)query + (long)(asked + row) * dimensions, (float*)point, dimensions);

            ReadOnlySpan<int> Known(int row) => likely.Indices.AsSpan(row * table.K, table.K);
        }

        // those left open say nothing of who is likely
        int FillBounds(Tensor left, int first, int[] always)
        {
            cancellation.ThrowIfCancellationRequested();
            int columns = Math.Min(pointChunk, count - first);
            using var view = block.narrow(0, 0, left.shape[0] * columns).view(left.shape[0], columns);
            bounds.Fill(view, left, first);
            foreach (int each in always)
            {
                if (each >= first && each < first + columns) view.select(1, each - first).fill_(float.NegativeInfinity);
            }
            return columns;
        }
    }

    /// <summary>
    /// What bounds are of: the rows themselves, or where they are far shorter and say nearly as much what <see cref="PrincipalBounds"/> makes of them. Then
    /// queries have errors, and the few points whose own are the largest are left open, so that these do not widen all.
    /// </summary>
    private static (Tensor Queries, Tensor Points, double[]? Errors, int[] Open) Mapped(Tensor queries, Tensor points)
    {
        using var quiet = no_grad();
        if (PrincipalBounds.Fit(points, queries.shape[0]) is not { } map) return (queries, points, null, []);
        var (far, ofPoints) = map.Map(points);
        var (near, ofQueries) = map.Map(queries);
        double most = ofPoints.Order().ElementAt(ofPoints.Length - 1 - ofPoints.Length / OpenShare);
        return (near, far, [.. ofQueries.Select(own => own + most)], [.. Enumerable.Range(0, ofPoints.Length).Where(point => ofPoints[point] > most)]);
    }

    /// <summary>The list of one query; it measures the points whose lower bound leaves a chance.</summary>
    private readonly ref struct List(NearestList nearest, Pairs pairs, DistanceBounds bounds, double error, ReadOnlySpan<int> known) : ICandidates
    {
        private readonly NearestList nearest = nearest;
        private readonly ReadOnlySpan<int> known = known;

        public float Reach => bounds.Reach(error == 0 ? nearest.Worst : Math.Pow(Math.Sqrt(nearest.Worst) + error, 2) * (1 + 1e-12));

        public void Offer(int index)
        {
            if (!known.Contains(index)) nearest.Offer(pairs.SquaredDistance(index, nearest.Worst), index);
        }
    }

    /// <summary>One query against the points, by direct differences.</summary>
    private readonly unsafe struct Pairs(float* query, float* points, int dimensions)
    {
        /// <summary>Float64, summed in an order that depends on the number of dimensions alone; or infinity, if it is above the worst that matters.</summary>
        public double SquaredDistance(int index, double worst)
        {
            float* point = points + (long)index * dimensions;
            double sum = 0;
            int axis = 0;
            if (dimensions >= Vector512<float>.Count)
            {
                // rounding in another order is far less
                double most = worst * (1 + 1e-9);
                Vector512<double> low = Vector512<double>.Zero, high = Vector512<double>.Zero;
                int whole = dimensions - dimensions % Vector512<float>.Count;
                while (axis < whole)
                {
                    if (axis > 0 && Vector512.Sum(low + high) > most) return double.PositiveInfinity;
                    for (int end = Math.Min(whole, axis + Glance); axis < end; axis += Vector512<float>.Count)
                    {
                        var (queryLow, queryHigh) = Vector512.Widen(Vector512.Load(query + axis));
                        var (pointLow, pointHigh) = Vector512.Widen(Vector512.Load(point + axis));
                        low += (queryLow - pointLow) * (queryLow - pointLow);
                        high += (queryHigh - pointHigh) * (queryHigh - pointHigh);
                    }
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
