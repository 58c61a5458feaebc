using Veer.Diffusion;
using static TorchSharp.torch;

namespace Veer.ClosedForm;

/// <summary>The ideal denoiser of a Gaussian mixture, in closed form: what a perfectly trained network would predict.</summary>
/// <param name="mixture">The distribution of the clean samples; stays the caller's.</param>
public sealed class MixtureDenoiser(GaussianMixture mixture) : IDenoiser
{
    /// <inheritdoc/>
    public int Classes => mixture.Classes;

    /// <inheritdoc/>
    public Prediction Predict(Tensor x, NoiseLevel level, Tensor label) => mixture.Denoise(x, level, label);
}
