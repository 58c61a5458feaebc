using Veer.Diffusion;
using static TorchSharp.torch;

namespace Veer.Guidance;

/// <summary>The unconditional predictions that guidance sets beside the samples' own.</summary>
internal static class NullLabel
{
    /// <summary>The unconditional prediction, whatever the labels are.</summary>
    public static Prediction PredictUnconditional(this IDenoiser denoiser, Tensor x, NoiseLevel level, Tensor label)
    {
        using var none = full_like(label, denoiser.Classes);
        return denoiser.Predict(x, level, none);
    }

    /// <summary>The unconditional and the labels' own prediction, in one call of twice the batch; within the caller's scope.</summary>
    public static (Prediction None, Prediction Own) PredictBoth(this IDenoiser denoiser, Tensor x, NoiseLevel level, Tensor label)
    {
        using var samples = SampleIndices.Repeating(x.shape[0]);
        var both = denoiser.Predict(cat([x, x]), level, cat([full_like(label, denoiser.Classes), label]));
        var (clean, noise) = (both.Clean.chunk(2), both.Noise.chunk(2));
        return (new(clean[0], noise[0]), new(clean[1], noise[1]));
    }
}
