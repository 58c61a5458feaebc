using Veer.Formats;

namespace Veer.Matching;

/// <summary>
/// Every point's k nearest other points of its set, exact, by <see cref="DistanceBounds"/> and <see cref="DirectDistances"/>: of two points one product
/// serves both.
/// </summary>
internal sealed class NearestOthers
{
    /// <summary>Points of a block's side: a block is 4 MB.</summary>
    private const int Side = 1024;

    private readonly NeighborTable table;
    private readonly int[] ties;

    private NearestOthers(NeighborTable table, int[] ties) => (this.table, this.ties) = (table, ties);

    /// <summary>k.</summary>
    public int K => table.K;

    /// <summary>[M, k] row by row: who the nearest are, nearest first, equal ones in their order.</summary>
    public ReadOnlySpan<int> Of(int point) => table.Indices.AsSpan(point * K, K);

    /// <summary>[k] their squared distances.</summary>
    public ReadOnlySpan<double> Squared(int point) => table.Squared.AsSpan(point * K, K);

    /// <summary>[M] squared distances to the neighbour of that rank, 1 to k.</summary>
    public double[] SquaredRadii(int rank)
    {
        var radii = new double[table.Queries];
        for (int point = 0; point < radii.Length; point++) radii[point] = Squared(point)[rank - 1];
        return radii;
    }

    /// <summary>Whether others, that are not among the k, are just as far as the k-th.</summary>
    public bool HasTies(int point) => ties[point] > 0;

    /// <param name="points">[M, D] float32 or float64, contiguous, on the CPU, finite.</param>
    /// <param name="k">1 to M - 1.</param>
    /// <param name="progress">Told the share of pairs looked at.</param>
    /// <param name="cancellation">Stops it between blocks.</param>
    public static NearestOthers Find(Tensor points, int k, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        int count = (int)points.shape[0];
        var found = new NearestOthers(new(count, k, progress: null), new int[count]);
        var bounds = new DistanceBounds(points, points);
        var distances = new DirectDistances(points, points);
        Tensor block = empty(Side * Side), turned = empty(Side * Side);
        double all = (double)count * (count + 1);
        for (int first = 0; first < count; first += Side)
        {
            using var strip = NewDisposeScope();
            int rows = Math.Min(Side, count - first);
            var left = bounds.Left(points.narrow(0, first, rows));
            for (int other = first; other < count; other += Side)
            {
                cancellation.ThrowIfCancellationRequested();
                using var pair = NewDisposeScope();
                int columns = Math.Min(Side, count - other);
                var across = block.narrow(0, 0, (long)rows * columns).view(rows, columns);
                bounds.Fill(across, left, other);
                found.Scan(block, rows, columns, first, other, bounds, distances);
                if (other == first) continue;
                turned.narrow(0, 0, (long)rows * columns).view(columns, rows).copy_(across.t());
                found.Scan(turned, columns, rows, other, first, bounds, distances);
            }
            double rest = count - first - rows;
            progress?.Report(1 - rest * (rest + 1) / all);
        }
        return found;
    }

    private unsafe void Scan(Tensor block, int rows, int columns, int firstRow, int firstColumn, DistanceBounds bounds, DirectDistances distances)
    {
        nint lower = TensorBytes.Address(block);
        Parallel.For(0, rows, row =>
        {
            ReadOnlySpan<float> line = new((float*)lower + (long)row * columns, columns);
            int point = firstRow + row;
            var list = new List(this, point, bounds, distances, []);
            int[] likely = [];
            if (float.IsPositiveInfinity(list.Reach))
            {
                // the point itself among them
                var least = new NeighborTable(1, K + 1, progress: null);
                CandidateScan.Least(line, firstColumn, least[0]);
                likely = [.. least.Indices.Where(index => index < int.MaxValue)];
                foreach (int index in likely) list.Offer(index);
            }
            CandidateScan.Run(line, firstColumn, new List(this, point, bounds, distances, likely));
        });
    }

    /// <summary>The list of one point.</summary>
    private readonly ref struct List(NearestOthers found, int point, DistanceBounds bounds, DirectDistances distances, int[] known) : ICandidates
    {
        private readonly NearestList nearest = found.table[point];

        public float Reach => bounds.Reach(nearest.Worst);

        public void Offer(int index)
        {
            if (index == point || known.AsSpan().Contains(index)) return;
            double squared = distances.Squared(point, index), worst = nearest.Worst;
            if (squared > worst) return;
            nearest.Offer(squared, index);
            // one that is as far as the last is left out, be it the new one or the old
            found.ties[point] = nearest.Worst == worst ? found.ties[point] + 1 : 0;
        }
    }
}
