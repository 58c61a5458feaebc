using Veer.Diffusion;
using Veer.Guidance;
using static TorchSharp.torch;

namespace Veer.Tests.Sampling;

/// <summary>The closed form of two equal Gaussian classes on a line, N(-1, 0.25²) and N(1, 0.25²), at any level. x: [B] or [B, 1].</summary>
internal sealed class TwoGaussians : IDenoiser, INoisyClassifier
{
    private const double Variance = 0.25 * 0.25;

    public int Classes => 2;

    public DenoiserInfo Info => new() { Classes = Classes, KnowsNullLabel = true };

    public Prediction Predict(Tensor x, NoiseLevel level, Tensor label, PredictionContext? context = null)
    {
        var (first, second) = (NoiseOf(x, level, -1), NoiseOf(x, level, 1));
        var share = LogProbability(x, level).exp();
        var none = first * share[.., 0].reshape(x.shape) + second * share[.., 1].reshape(x.shape);
        var named = label.reshape([-1, .. Enumerable.Repeat(1L, (int)x.dim() - 1)]);
        var noise = where(named.eq(2), none, where(named.eq(0), first, second));
        return new(level.CleanFrom(x, noise), noise);
    }

    public Tensor LogProbability(Tensor x, NoiseLevel level)
    {
        double spread = Spread(level);
        var flat = x.reshape(-1);
        return stack([-(flat + level.Alpha).square() / (2 * spread), -(flat - level.Alpha).square() / (2 * spread)], 1).log_softmax(1);
    }

    public Tensor LogProbabilityGradient(Tensor x, NoiseLevel level, Tensor label)
    {
        // grad log p(c given x) = score of the class - score of the mixture
        var none = Predict(x, level, full_like(label, 2)).Noise;
        return (none - Predict(x, level, label).Noise) / level.Sigma;
    }

    private static Tensor NoiseOf(Tensor x, NoiseLevel level, double mean) => (x - level.Alpha * mean) * (level.Sigma / Spread(level));

    private static double Spread(NoiseLevel level) => level.Alpha * level.Alpha * Variance + level.Sigma * level.Sigma;
}
