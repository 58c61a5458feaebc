using Veer.Data;

namespace Veer.Matching;

/// <summary>
/// Targets that use the real points evenly. Nearest neighbours repair fidelity but not coverage: regions that guidance has thinned stay thin, for
/// every sample goes to the region beside it. Here a class's samples and real points are cut into random blocks of equal size, and each block is
/// matched one to one at the least total squared distance (minibatch optimal transport: Pooladian et al., arXiv 2304.14772; Tong et al.,
/// arXiv 2302.00482). Every round cuts anew, so that each sample ends with a list of targets, one a round.
/// </summary>
/// <remarks>
/// Over a round, and over all rounds, every real point of a class is used equally often, to within one, whatever the numbers of samples
/// and of real points. (Where a class has so few samples that several rounds fit into a block, that holds for these rounds together.)
/// The lists depend on the points and the key alone, not on the number of processor cores.
/// </remarks>
public static class BalancedPairing
{
    /// <summary>Matches the samples of every class with its real points.</summary>
    /// <param name="generated">Features [N, D] (float32 or float64) and classes of the generated points.</param>
    /// <param name="real">Features [M, D] and classes of the real points.</param>
    /// <param name="rounds">Targets per sample; at least 1.</param>
    /// <param name="blockSize">The largest block; at least 1. Larger blocks are nearer to the optimal transport between the whole sets
    /// and take longer: time grows as N · blockSize to N · blockSize², memory is 12 · blockSize² bytes per processor core.</param>
    /// <param name="key">The stream of random numbers.</param>
    /// <param name="progress">Told the share of pairs matched, 0 to 1.</param>
    /// <param name="cancellation">Stops the matching.</param>
    /// <returns>[N, rounds] int64 on the device of the generated points: rows of the real points.</returns>
    /// <exception cref="InputException">
    /// A value is not finite, a label is out of range, or a class that has samples has no real point.
    /// </exception>
    public static Tensor Match(
        LabeledData generated, LabeledData real, int rounds, int blockSize, RandomKey key,
        IProgress<double>? progress = null, CancellationToken cancellation = default) =>
        Match(generated, real, rounds, blockSize, key, Environment.ProcessorCount, progress, cancellation);

    /// <summary>The same on some of the processor cores.</summary>
    internal static Tensor Match(
        LabeledData generated, LabeledData real, int rounds, int blockSize, RandomKey key, int workers,
        IProgress<double>? progress, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rounds, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(blockSize, 1);
        var (from, to) = (generated.Points, real.Points);
        if (from.dim() != 2 || to.dim() != 2 || from.shape[1] != to.shape[1] || from.shape[1] == 0)
        {
            throw new ArgumentException(
                "a pairing wants generated [N, D] and real [M, D], "
                + $"not [{string.Join(", ", from.shape)}] and [{string.Join(", ", to.shape)}]",
                nameof(generated));
        }
        ByClass.RequireFinite(from, ByClass.Task, "generated points");
        ByClass.RequireFinite(to, ByClass.Task, "real points");

        using var scope = NewDisposeScope();
        var asked = ByClass.Split(from, generated.Labels, real.Classes, ByClass.Task, "generated labels");
        var known = ByClass.Split(to, real.Labels, real.Classes, ByClass.Task, "real labels");
        ByClass.RequireTargets(asked, known);
        var matching = new BalancedMatching(Features(from), Features(to), rounds, workers, progress, cancellation);
        for (int label = 0; label < real.Classes; label++)
        {
            if (asked[label].shape[0] == 0) continue;
            long[] samples = Rows(asked[label]), targets = Rows(known[label]);
            matching.Add([.. BalancedBlocks.Cut(label, samples, targets, rounds, blockSize, key.At(label))], samples, targets);
        }
        return tensor(matching.Run(), [from.shape[0], rounds]).to(from.device).MoveToOuterDisposeScope();
    }

    private static Tensor Features(Tensor rows) => rows.detach().cpu();

    private static long[] Rows(Tensor rows) => rows.cpu().data<long>().ToArray();
}
