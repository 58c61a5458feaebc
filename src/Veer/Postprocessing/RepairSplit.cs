using Veer.Data;

namespace Veer.Postprocessing;

/// <summary>
/// Samples and real points in three parts: most to train on, some that say when to stop the training, and some, seen by neither, that say how
/// far to follow the flow.
/// </summary>
/// <param name="Samples">The samples to train on.</param>
/// <param name="Real">The real points to train on.</param>
/// <param name="Stopping">What early stopping measures.</param>
/// <param name="Strength">What the choice of strength measures.</param>
public sealed record RepairSplit(LabeledData Samples, LabeledData Real, HeldOut Stopping, HeldOut Strength)
{
    /// <summary>Fewer of either cannot be shared out.</summary>
    public const int LeastPoints = 100;

    /// <summary>Of each held-out part.</summary>
    private const double Share = 0.2;

    /// <summary>More tell little more, and take time whenever they are measured: an image's evaluation is dear.</summary>
    private const int MostVectors = 2000, MostImages = 500;

    /// <summary>Shares both out at random, each class in the same proportion.</summary>
    /// <param name="samples">The generator's samples, [N, ...], and their classes.</param>
    /// <param name="real">Real points of the same space and classes, [M, ...].</param>
    /// <param name="seed">Draws who goes where.</param>
    /// <returns>Tensors of the caller's dispose scope; held-out points stand in a random order.</returns>
    /// <exception cref="InputException">There are too few of either.</exception>
    public static RepairSplit Create(LabeledData samples, LabeledData real, long seed)
    {
        var (trained, stopping, strength) = ShareOut(samples, "samples", RandomKey.From(seed, "split-samples"));
        var (known, stoppingReal, strengthReal) = ShareOut(real, "real points", RandomKey.From(seed, "split-real"));
        return new(trained, known, new(stopping, stoppingReal), new(strength, strengthReal));
    }

    private static (LabeledData Training, LabeledData Stopping, LabeledData Strength) ShareOut(LabeledData data, string name, RandomKey key)
    {
        if (data.Count < LeastPoints) throw new InputException("repair", name, $"{data.Count}", $"at least {LeastPoints}");
        long count = data.Count, part = Math.Min((long)(Share * count), data.Points.dim() == 2 ? MostVectors : MostImages);
        long[] labels = data.Labels.cpu().data<long>().ToArray();
        // by class, at random within it: every so many-th row is held out, whatever the classes' sizes
        long[] rows = [.. Enumerable.Range(0, labels.Length).Select(row => (long)row).OrderBy(row => labels[row]).ThenBy(row => key.At(row).Value)];
        List<long>[] parts = [[], [], []];
        foreach (var (place, row) in rows.Index())
        {
            long before = place * 2 * part / count, after = (place + 1) * 2 * part / count;
            parts[after == before ? 0 : 1 + before % 2].Add(row);
        }
        foreach (var held in parts[1..]) held.Sort((one, other) => key.At(one).Value.CompareTo(key.At(other).Value));
        return (data.Rows([.. parts[0]]), data.Rows([.. parts[1]]), data.Rows([.. parts[2]]));
    }
}
