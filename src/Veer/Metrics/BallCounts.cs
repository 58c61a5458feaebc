using System.Numerics;
using System.Runtime.Intrinsics;
using Veer.Formats;
using Veer.Matching;

namespace Veer.Metrics;

/// <summary>
/// Who lies in whose ball, of two sets, exact and in one pass over the pairs. A ball holds what is no farther from its centre than its radius.
/// Bounds of float32 products settle most pairs, direct differences those near an edge.
/// </summary>
internal sealed class BallCounts
{
    /// <summary>Rows and columns of a block: it is 4 MB.</summary>
    private const int RowChunk = 1024, ColumnChunk = 1024;

    private readonly double[] rowRadii;
    private readonly double[][] columnRadii;

    private BallCounts(double[] rowRadii, double[][] columnRadii, int columns)
    {
        (this.rowRadii, this.columnRadii) = (rowRadii, columnRadii);
        Around = [.. columnRadii.Select(_ => new int[rowRadii.Length])];
        Within = [.. columnRadii.Select(_ => new int[columns])];
        AroundColumns = new int[columns];
    }

    /// <summary>[N] of each kind of balls around columns: how many of them each row lies in.</summary>
    public int[][] Around { get; }

    /// <summary>[M] of each kind of balls around columns: how many rows each ball holds.</summary>
    public int[][] Within { get; }

    /// <summary>[M] how many balls around rows each column lies in.</summary>
    public int[] AroundColumns { get; }

    /// <param name="rows">[N, D] float32 or float64, contiguous, on the CPU, finite.</param>
    /// <param name="rowRadii">[N] squared radius of the ball around each row; minus infinity where there is none.</param>
    /// <param name="columns">[M, D] of the same type.</param>
    /// <param name="columnRadii">Of each kind of balls: [M] squared radii.</param>
    /// <param name="progress">Told the share of pairs looked at.</param>
    /// <param name="cancellation">Stops it between blocks.</param>
    public static unsafe BallCounts Count(
        Tensor rows, double[] rowRadii, Tensor columns, double[][] columnRadii, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        int count = (int)rows.shape[0], others = (int)columns.shape[0];
        var counts = new BallCounts(rowRadii, columnRadii, others);
        var bounds = new DistanceBounds(columns, rows);
        var distances = new DirectDistances(rows, columns);
        double[] spread = bounds.ColumnSpread();
        float[] reach = [.. Enumerable.Range(0, others).Select(j => bounds.Reach(columnRadii.Max(radii => radii[j])))];
        var block = empty(RowChunk * ColumnChunk);
        nint lower = TensorBytes.Address(block);
        for (int first = 0; first < count; first += RowChunk)
        {
            using var chunk = NewDisposeScope();
            int height = Math.Min(RowChunk, count - first);
            var left = bounds.Left(rows.narrow(0, first, height));
            double[] own = bounds.Spread(left);
            for (int other = 0; other < others; other += ColumnChunk)
            {
                cancellation.ThrowIfCancellationRequested();
                int width = Math.Min(ColumnChunk, others - other), from = other;
                bounds.Fill(block.narrow(0, 0, (long)height * width).view(height, width), left, from);
                Parallel.For(0, height, row => counts.Look(
                    new((float*)lower + (long)row * width, width), reach.AsSpan(from, width), first + row, from, own[row], spread, bounds, distances));
            }
            progress?.Report((double)(first + height) / count);
        }
        return counts;
    }

    /// <summary>Looks at the pairs of one row and columns that follow each other.</summary>
    private void Look(
        ReadOnlySpan<float> lower, ReadOnlySpan<float> reach, int row, int first, double own, double[] spread, DistanceBounds bounds, DirectDistances distances)
    {
        float mine = bounds.Reach(rowRadii[row]);
        int at = 0;
        for (; at <= lower.Length - Vector512<float>.Count; at += Vector512<float>.Count)
        {
            var farthest = Vector512.Max(Vector512.Create(reach[at..]), Vector512.Create(mine));
            for (ulong bits = CandidateScan.Chances(Vector512.Create(lower[at..]), farthest); bits != 0; bits &= bits - 1)
            {
                int found = at + BitOperations.TrailingZeroCount(bits);
                Settle(found, lower[found]);
            }
        }
        for (; at < lower.Length; at++)
        {
            if (!(lower[at] > Math.Max(reach[at], mine))) Settle(at, lower[at]);
        }

        void Settle(int index, float bound) =>
            Add(new(bound, bound + own + spread[first + index], row, first + index, bounds, distances));
    }

    private void Add(Pair pair)
    {
        for (int kind = 0; kind < columnRadii.Length; kind++)
        {
            if (!pair.IsWithin(columnRadii[kind][pair.Column])) continue;
            // a row is looked at by one thread at a time, a column by several
            Around[kind][pair.Row]++;
            Interlocked.Increment(ref Within[kind][pair.Column]);
        }
        if (pair.IsWithin(rowRadii[pair.Row])) Interlocked.Increment(ref AroundColumns[pair.Column]);
    }

    /// <summary>A row and a column, between bounds in scaled units.</summary>
    private ref struct Pair(float lower, double upper, int row, int column, DistanceBounds bounds, DirectDistances distances)
    {
        private double measured = double.NaN;

        public readonly int Row => row;

        public readonly int Column => column;

        /// <summary>Whether they are no farther apart than a squared radius; measured only where the bounds leave it open.</summary>
        public bool IsWithin(double squared)
        {
            if (upper <= bounds.SureReach(squared)) return true;
            if (lower > bounds.Reach(squared)) return false;
            if (double.IsNaN(measured)) measured = distances.Squared(row, column);
            return measured <= squared;
        }
    }
}
