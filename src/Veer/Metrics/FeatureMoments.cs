namespace Veer.Metrics;

/// <summary>Mean and covariance of features: all that a <see cref="FrechetDistance"/> looks at.</summary>
/// <param name="Mean">[D] float64.</param>
/// <param name="Covariance">[D, D] float64, divided by N - 1.</param>
/// <param name="Count">N, the number of samples behind them; null where a file of statistics does not tell.</param>
public sealed record FeatureMoments(Tensor Mean, Tensor Covariance, long? Count = null)
{
    /// <summary>D, the size of a feature vector.</summary>
    public long Size => Mean.shape[0];

    /// <summary>Whether N is known and at most D: the covariance is then singular, whatever the features.</summary>
    public bool FewSamples => Count <= Size;

    /// <summary>The moments of a whole set; <see cref="MomentAccumulator"/> takes one that comes in batches.</summary>
    /// <param name="features">[N, D], N at least 2.</param>
    /// <exception cref="ArgumentException">It is no such matrix.</exception>
    /// <exception cref="InputException">There are fewer than two samples, or a value is not finite.</exception>
    public static FeatureMoments Compute(Tensor features)
    {
        if (features.dim() != 2 || features.shape[1] == 0)
            throw new ArgumentException($"moments want features [N, D], not [{string.Join(", ", features.shape)}]", nameof(features));
        using var accumulator = new MomentAccumulator(features.shape[^1], features.device);
        accumulator.Add(features);
        return accumulator.Moments();
    }
}
