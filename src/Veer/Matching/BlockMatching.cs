using System.Runtime.InteropServices;

namespace Veer.Matching;

/// <summary>What an earlier block of a class learned: its real points and their dual variables (prices).</summary>
/// <param name="Targets">[n] rows of the real points.</param>
/// <param name="Prices">[n] in the class's frame.</param>
internal sealed record Pilot(long[] Targets, double[] Prices);

/// <summary>
/// Matches blocks, one after another, in its own buffers (12 bytes a pair): costs by one float64 matrix product, or by direct differences where
/// that would lose more than the float32 that they are stored in, then the exact assignment. So a matching's total cost is the least there is, up to the float32 rounding of single costs (6e-8 of each).
/// </summary>
/// <param name="samples">[N, D] all generated points, on the CPU.</param>
/// <param name="targets">[M, D] all real points, on the CPU.</param>
/// <param name="largest">Pairs of the largest block.</param>
internal sealed class BlockMatching(Tensor samples, Tensor targets, int largest) : IDisposable
{
    /// <summary>Differences taken at a time at most: 32 MB.</summary>
    private const long MeasuredValues = 1 << 22;

    private readonly Tensor product = empty((long)largest * largest, ScalarType.Float64).DetachFromDisposeScope();
    private readonly Tensor costs = empty((long)largest * largest, ScalarType.Float32).DetachFromDisposeScope();
    private readonly AssignmentSolver solver = new(largest);

    /// <summary>[n] the dual variables of the last block's real points.</summary>
    public ReadOnlySpan<double> Prices => solver.Prices;

    /// <summary>Matches a block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="frame">The frame of its class.</param>
    /// <param name="pilots">Earlier blocks of the class, whose dual variables are a warm start; may be none.</param>
    /// <param name="cancellation">Stops within the search.</param>
    /// <returns>[n]: for each sample of the block, which of the block's real points it takes. Good until the next block.</returns>
    public ReadOnlySpan<int> Match(
        BalancedBlock block, ClassFrame frame, IReadOnlyList<Pilot> pilots, CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        int n = block.Samples.Length;
        var left = Left(frame.Samples(samples.index_select(0, tensor(block.Samples))));
        double[] guess = pilots.Count == 0 ? new double[n] : RowDuals(left, frame, pilots);
        var right = Right(frame.Targets(targets.index_select(0, tensor(block.Targets))));
        var exact = product.narrow(0, 0, (long)n * n).view(n, n).addmm_(left, right.t(), beta: 0);
        Measure(exact, left, right);
        costs.narrow(0, 0, (long)n * n).view(n, n).copy_(exact);
        solver.Solve<float>(MemoryMarshal.Cast<byte, float>(costs.bytes)[..(n * n)], guess, cancellation);
        return solver.ColumnOfRow;
    }

    public void Dispose()
    {
        product.Dispose();
        costs.Dispose();
    }

    /// <summary>
    /// Where a pilot has real points y with dual variables v, that of any sample x is the least of |x - y|² - v (the c-transform); the mean
    /// over the pilots, because each one's also fit the chance of its draws. A guess: float32 will do.
    /// </summary>
    private double[] RowDuals(Tensor left, ClassFrame frame, IReadOnlyList<Pilot> pilots)
    {
        long n = left.shape[0];
        var rows = left.to(ScalarType.Float32);
        var sum = zeros(n, ScalarType.Float64);
        foreach (var pilot in pilots)
        {
            var right = Right(frame.Targets(targets.index_select(0, tensor(pilot.Targets))), tensor(pilot.Prices));
            var reduced = costs.narrow(0, 0, n * pilot.Prices.Length).view(n, pilot.Prices.Length)
                .addmm_(rows, right.to(ScalarType.Float32).t(), beta: 0);
            sum.add_(reduced.amin([1]));
        }
        return sum.div_(pilots.Count).data<double>().ToArray();
    }

    /// <summary>
    /// Direct differences for pairs so near to each other that the product's rounding, 2 (D + 3) 2^-53 (|x|² + |y|²) at most (Higham, Accuracy and
    /// Stability of Numerical Algorithms, 3.1), could be more than float32's.
    /// </summary>
    private static void Measure(Tensor squared, Tensor left, Tensor right)
    {
        long dimensions = left.shape[1] - 2, count = left.shape[0], rows = Math.Max(1, MeasuredValues / (count * dimensions));
        double share = 2 * (dimensions + 3) * Math.ScaleB(1, -53) / Math.ScaleB(1, -25);
        var limit = (left.narrow(1, dimensions, 1) + right.select(1, dimensions + 1).max()) * share;
        for (long first = 0; first < count; first += rows)
        {
            using var scope = NewDisposeScope();
            var some = squared.narrow(0, first, Math.Min(rows, count - first));
            var pairs = some.lt(limit.narrow(0, first, some.shape[0])).nonzero();
            if (pairs.shape[0] == 0) continue;
            var (x, y) = (left.index_select(0, pairs.select(1, 0) + first), right.index_select(0, pairs.select(1, 1)));
            var gaps = x.narrow(1, 0, dimensions) / -2 - y.narrow(1, 0, dimensions);
            some.index_put_(gaps.square().sum(1), pairs.select(1, 0), pairs.select(1, 1));
        }
    }

    /// <summary>[-2 x, |x|², 1]: times [y, 1, |y|²] it is |x - y|².</summary>
    private static Tensor Left(Tensor x) => cat([x * -2, x.square().sum(1, keepdim: true), ones(x.shape[0], 1, ScalarType.Float64)], 1);

    private static Tensor Right(Tensor y, Tensor? prices = null)
    {
        var norms = y.square().sum(1, keepdim: true);
        if (prices is not null) norms.sub_(prices.unsqueeze(1));
        return cat([y, ones(y.shape[0], 1, ScalarType.Float64), norms], 1);
    }
}
