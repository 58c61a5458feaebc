namespace Veer.Matching;

/// <summary>A block of one class: its samples and its real points, equally many, are matched one to one.</summary>
/// <param name="Label">The class.</param>
/// <param name="Samples">[n] rows of the generated points; a row may stand there more than once.</param>
/// <param name="Rounds">[n] for which round each of them takes its target.</param>
/// <param name="Targets">[n] rows of the real points.</param>
internal sealed record BalancedBlock(int Label, long[] Samples, int[] Rounds, long[] Targets);

/// <summary>Who is matched with whom: every sample once a round, and the real points evenly.</summary>
internal static class BalancedBlocks
{
    /// <summary>
    /// The blocks of one class. A round is cut into blocks whose sizes differ by at most one. Rounds that fit into one block together
    /// are matched together: few samples then still meet as many real points as a block holds.
    /// </summary>
    /// <param name="label">The class.</param>
    /// <param name="samples">[N] its rows among the generated points; at least 1.</param>
    /// <param name="targets">[M] its rows among the real points; at least 1.</param>
    /// <param name="rounds">Targets per sample.</param>
    /// <param name="blockSize">The largest block.</param>
    /// <param name="key">The class's stream of random numbers.</param>
    public static IEnumerable<BalancedBlock> Cut(int label, long[] samples, long[] targets, int rounds, int blockSize, RandomKey key)
    {
        var even = new EvenDraws(targets.Length);
        int together = Math.Clamp(blockSize / samples.Length, 1, rounds);
        for (int round = 0; round < rounds; round += together)
        {
            var ofRound = key.At(round);
            int pairs = samples.Length * Math.Min(together, rounds - round);
            int[] left = EvenDraws.Shuffled(pairs, ofRound.At(0)), right = even.Take(pairs, ofRound.At(1));
            int blocks = (pairs + blockSize - 1) / blockSize;
            for (int block = 0; block < blocks; block++)
            {
                var range = (int)((long)pairs * block / blocks)..(int)((long)pairs * (block + 1) / blocks);
                yield return new(
                    label,
                    Array.ConvertAll(left[range], pair => samples[pair % samples.Length]),
                    Array.ConvertAll(left[range], pair => round + pair / samples.Length),
                    Array.ConvertAll(right[range], target => targets[target]));
            }
        }
    }
}
