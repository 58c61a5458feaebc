using System.Runtime.InteropServices;
using Veer.Metrics;
using static TorchSharp.torch;

namespace Veer.Postprocessing;

/// <summary>What an earlier block of a class learned: its real points and the prices (duals) that its matching gave them.</summary>
/// <param name="Targets">[n] rows of the real points.</param>
/// <param name="Prices">[n] in the class's frame.</param>
internal sealed record Pilot(long[] Targets, double[] Prices);

/// <summary>
/// Matches blocks, one after another, in its own buffers (12 bytes a pair): costs by one float64 matrix product, stored in float32, then
/// the exact assignment. So a matching's total cost is the least there is, up to the float32 rounding of single costs (6e-8 of each).
/// </summary>
internal sealed class BlockMatching : IDisposable
{
    private readonly Tensor samples, targets, product, costs;
    private readonly AssignmentSolver solver;

    /// <param name="samples">[N, D] all generated points, on the CPU.</param>
    /// <param name="targets">[M, D] all real points, on the CPU.</param>
    /// <param name="largest">Pairs of the largest block.</param>
    public BlockMatching(Tensor samples, Tensor targets, int largest)
    {
        this.samples = samples;
        this.targets = targets;
        product = empty((long)largest * largest, ScalarType.Float64).DetachFromDisposeScope();
        costs = empty((long)largest * largest, ScalarType.Float32).DetachFromDisposeScope();
        solver = new AssignmentSolver(largest);
    }

    /// <summary>[n] the prices of the last block's real points.</summary>
    public ReadOnlySpan<double> Prices => solver.Prices;

    /// <summary>Matches a block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="frame">The frame of its class.</param>
    /// <param name="pilots">Earlier blocks of the class, whose prices shorten the search; may be none.</param>
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
        costs.narrow(0, 0, (long)n * n).view(n, n).copy_(exact);
        solver.Solve<float>(MemoryMarshal.Cast<byte, float>(costs.bytes)[..(n * n)], guess, cancellation);
        return solver.ColumnOfRow;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        product.Dispose();
        costs.Dispose();
    }

    /// <summary>
    /// Where a pilot has real points y with prices v, the dual of any sample x is the least of |x - y|² - v (the c-transform); the mean
    /// over the pilots, because each one's prices also fit the chance of its draws. A guess: float32 will do.
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

    /// <summary>[-2 x, |x|², 1]: times [y, 1, |y|²] it is |x - y|².</summary>
    private static Tensor Left(Tensor x) => cat([x * -2, x.square().sum(1, keepdim: true), ones(x.shape[0], 1, ScalarType.Float64)], 1);

    private static Tensor Right(Tensor y, Tensor? prices = null)
    {
        var norms = y.square().sum(1, keepdim: true);
        if (prices is not null) norms.sub_(prices.unsqueeze(1));
        return cat([y, ones(y.shape[0], 1, ScalarType.Float64), norms], 1);
    }
}
