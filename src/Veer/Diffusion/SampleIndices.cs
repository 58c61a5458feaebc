namespace Veer.Diffusion;

/// <summary>
/// Which samples the rows of a batch are. Samplers say it around their predictions, and a guidance that draws noise of its own asks, so that
/// a sample's noise is its own in any batch and at any depth of wrapping.
/// </summary>
public static class SampleIndices
{
    private static readonly AsyncLocal<(long First, long Count)?> Current = new();

    /// <summary>Until it is disposed of, the rows of a batch are count samples from first on, in their order, or several copies of them.</summary>
    /// <param name="first">Index of the first sample, 0 or more.</param>
    /// <param name="count">Samples of a batch, 1 or more.</param>
    public static IDisposable From(long first, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return new Said((first, count));
    }

    /// <summary>Index of the first sample and number of samples of a batch, whose row i is the sample first + i mod count.</summary>
    /// <param name="rows">Rows of the batch.</param>
    /// <returns>What was said; where nothing was, every row is a sample and the first one's index is 0.</returns>
    /// <exception cref="InvalidOperationException">The rows are no whole copies of the samples that were spoken of.</exception>
    public static (long First, long Count) Of(long rows)
    {
        var (first, count) = Current.Value ?? (0, Math.Max(1, rows));
        if (rows % count != 0) throw new InvalidOperationException(FormattableString.Invariant($"{rows} rows are no whole copies of {count} samples"));
        return (first, count);
    }

    /// <summary>For a caller that asks about its rows several times over in one batch: they are what was said, or else the first samples.</summary>
    internal static IDisposable Repeating(long rows) => new Said(Of(rows));

    private sealed class Said : IDisposable
    {
        private readonly (long First, long Count)? outer = Current.Value;

        public Said((long First, long Count) batch) => Current.Value = batch;

        public void Dispose() => Current.Value = outer;
    }
}
