using Veer.Runtime;

namespace Veer.Matching;

/// <summary>
/// Matches the blocks of all classes on all cores. The first blocks of a class search from nothing; their dual variables are a warm start of all
/// others, which do not depend on each other. So the result is the same for any number of workers.
/// </summary>
/// <param name="samples">[N, D] generated points, on the CPU.</param>
/// <param name="targets">[M, D] real points, on the CPU.</param>
/// <param name="rounds">Targets per sample.</param>
/// <param name="workers">Blocks matched at a time.</param>
/// <param name="progress">Told the share of pairs matched.</param>
/// <param name="cancellation">Stops the matching.</param>
internal sealed class BalancedMatching(
    Tensor samples, Tensor targets, int rounds, int workers, IProgress<double>? progress, CancellationToken cancellation)
{
    /// <summary>One block's dual variables also fit the chance of its draws; the mean of four makes paths nearly as short as that of 16.</summary>
    private const int PilotsPerClass = 4;

    private readonly List<BalancedBlock> pilotBlocks = [], otherBlocks = [];
    private readonly Dictionary<int, (long[] Samples, long[] Targets)> rows = [];
    private readonly Dictionary<int, ClassFrame> frames = [];
    private readonly long[] table = new long[samples.shape[0] * rounds];
    private readonly Lock gate = new();
    private long pairs, done;

    /// <summary>Adds a class.</summary>
    /// <param name="blocks">Its blocks.</param>
    /// <param name="ofSamples">Its rows among the samples.</param>
    /// <param name="ofTargets">Its rows among the real points.</param>
    public void Add(BalancedBlock[] blocks, long[] ofSamples, long[] ofTargets)
    {
        int pilots = blocks.Length > PilotsPerClass && samples.shape[1] <= HalfProblem.MostDimensions ? PilotsPerClass : 0;
        pilotBlocks.AddRange(blocks[..pilots]);
        otherBlocks.AddRange(blocks[pilots..]);
        rows.Add(blocks[0].Label, (ofSamples, ofTargets));
    }

    /// <summary>Matches everything.</summary>
    /// <returns>[N · rounds] rows of the real points.</returns>
    public long[] Run()
    {
        // a sum's last bit depends on the number of threads
        using (Threads.Keep().One())
        {
            foreach (var (label, (ofSamples, ofTargets)) in rows)
                frames[label] = ClassFrame.Fit(samples.index_select(0, tensor(ofSamples)), targets.index_select(0, tensor(ofTargets)));
        }
        pairs = pilotBlocks.Concat(otherBlocks).Sum(block => (long)block.Samples.Length);
        var learned = new Pilot[pilotBlocks.Count];
        Match(pilotBlocks, _ => [], (i, prices) => learned[i] = new(pilotBlocks[i].Targets, prices.ToArray()));
        var pilots = pilotBlocks.Zip(learned).ToLookup(pair => pair.First.Label, pair => pair.Second);
        var ofClass = rows.Keys.ToDictionary(label => label, label => pilots[label].ToArray());
        Match(otherBlocks, label => ofClass[label], (_, _) => { });
        return table;
    }

    private void Match(List<BalancedBlock> blocks, Func<int, Pilot[]> pilots, Action<int, ReadOnlySpan<double>> learn)
    {
        if (blocks.Count == 0) return;
        int largest = pilotBlocks.Concat(otherBlocks).Max(block => block.Samples.Length);
        using var threads = Threads.Keep();
        var options = new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = cancellation };
        Parallel.For(0, blocks.Count, options, () => new BlockMatching(samples, targets, largest), (i, _, worker) =>
        {
            using var alone = threads.One();
            var block = blocks[i];
            Keep(block, worker.Match(block, frames[block.Label], pilots(block.Label), cancellation));
            learn(i, worker.Prices);
            return worker;
        }, worker => worker.Dispose());
    }

    private void Keep(BalancedBlock block, ReadOnlySpan<int> matched)
    {
        for (int i = 0; i < matched.Length; i++) table[block.Samples[i] * rounds + block.Rounds[i]] = block.Targets[matched[i]];
        if (progress is null) return;
        lock (gate) progress.Report((double)(done += matched.Length) / pairs);
    }
}
