using Veer.Data;
using Veer.Metrics;
using Veer.Studies.Settings;

namespace Veer.Studies.Pipeline;

/// <summary>Which rows of a set of given samples are measured, which validate, and which are trained on: all three disjoint.</summary>
/// <param name="Test">Rows that are measured, rising.</param>
/// <param name="Validation">Rows that tell when to stop and how far to go, in a random order: any part of them is like any other.</param>
/// <param name="Training">All others, rising.</param>
internal sealed record SampleSplit(long[] Test, long[] Validation, long[] Training)
{
    /// <summary>Fewer cannot be divided; nor can fewer real points, beside those that are held out.</summary>
    public const int Fewest = 100, FewestReal = 80;

    /// <summary>Halves of fewer tell nothing.</summary>
    public const int FewestValidation = 40;

    /// <summary>Splits rows by their own keys: with equally many samples the same row falls into the same part at every scale, so that samples of one noise stay together.</summary>
    /// <param name="count">At least <see cref="Fewest"/>.</param>
    /// <param name="images">Whether they are images.</param>
    /// <param name="settings">The shares.</param>
    /// <param name="seed">The run's seed.</param>
    public static SampleSplit Create(long count, bool images, SplitSettings settings, long seed)
    {
        long[] rows = KeyedSubset.Shuffled(RandomKey.From(seed, "split samples"), count);
        int test = Math.Clamp((int)Math.Round(settings.Test * count), 1, settings.MostTest), validation = Validated(count, images, settings);
        return new(Rising(rows[..test]), rows[test..(test + validation)], Rising(rows[(test + validation)..]));
    }

    /// <summary>The splits of one generator's sets, kept apart: of a row that one measures no other trains or validates, of one that one validates no other trains. Sets of equal sizes are so from the start.</summary>
    public static IReadOnlyList<SampleSplit> Apart(IReadOnlyList<SampleSplit> splits)
    {
        HashSet<long> measured = [.. splits.SelectMany(split => split.Test)], seen = [.. measured, .. splits.SelectMany(split => split.Validation)];
        return [.. splits.Select(split => new SampleSplit(
            split.Test, [.. split.Validation.Where(row => !measured.Contains(row))], [.. split.Training.Where(row => !seen.Contains(row))]))];
    }

    /// <summary>Real points that are held out for the measurements, and the others.</summary>
    /// <param name="count">At least two.</param>
    /// <param name="settings">The share.</param>
    /// <param name="seed">The run's seed.</param>
    public static (long[] HeldOut, long[] Others) HoldOut(long count, SplitSettings settings, long seed)
    {
        long[] rows = KeyedSubset.Shuffled(RandomKey.From(seed, "held-out points"), count);
        int held = Math.Clamp((int)Math.Round(settings.HeldOut * count), 1, (int)Math.Min(settings.MostHeldOut, count - 1));
        return (Rising(rows[..held]), Rising(rows[held..]));
    }

    /// <summary>Real points that validate, and those that are trained on.</summary>
    /// <param name="real">At least <see cref="FewestReal"/>.</param>
    /// <param name="settings">The share.</param>
    /// <param name="seed">The run's seed.</param>
    public static (LabeledData Validation, LabeledData Training) OfReal(LabeledData real, SplitSettings settings, long seed)
    {
        long[] rows = KeyedSubset.Shuffled(RandomKey.From(seed, "validation points"), real.Count);
        int validation = Validated(real.Count, real.Points.dim() == 4, settings);
        return (real.Rows(rows[..validation]), real.Rows(Rising(rows[validation..])));
    }

    private static int Validated(long count, bool images, SplitSettings settings) =>
        Math.Clamp((int)Math.Round(settings.Validation * count), FewestValidation, settings.MostValidationOf(images));

    private static long[] Rising(long[] rows) => [.. rows.Order()];
}
