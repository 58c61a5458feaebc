using Veer.Data;
using Veer.Diffusion;
using Veer.Guidance;
using static TorchSharp.torch;

namespace Veer.Tests.Models;

/// <summary>How often a noisy classifier's most probable class is the true one.</summary>
internal static class ClassifierAccuracy
{
    private const long BatchSize = 1 << 16;

    /// <summary>The share, 0 to 1, of samples that are told apart at a noise level.</summary>
    /// <param name="classifier">The classifier.</param>
    /// <param name="clean">[N, ...] clean samples with their classes, N at least 1; they are mixed with noise here.</param>
    /// <param name="level">The noise level.</param>
    /// <param name="seed">Draws the noise: row i's depends on (seed, "accuracy-noise", i) alone.</param>
    public static double Compute(INoisyClassifier classifier, LabeledData clean, NoiseLevel level, long seed = 0)
    {
        var key = RandomKey.From(seed, "accuracy-noise");
        using var quiet = no_grad();
        long right = 0;
        for (long first = 0; first < clean.Count; first += BatchSize)
        {
            using var scope = NewDisposeScope();
            var batch = clean.Slice(first, Math.Min(BatchSize, clean.Count - first));
            var noise = key.Normal(first, batch.Count, batch.Points.shape.AsSpan(1), batch.Points.device).to(batch.Points.dtype);
            var chosen = classifier.LogProbability(level.Mix(batch.Points, noise), level).argmax(1);
            right += chosen.eq(batch.Labels).sum().item<long>();
        }
        return (double)right / clean.Count;
    }
}
