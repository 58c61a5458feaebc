using Veer.Diffusion;

namespace Veer.ClosedForm;

/// <summary>The ideal denoiser of a Gaussian mixture, in closed form: what a perfectly trained network would predict.</summary>
/// <param name="mixture">The distribution of the clean samples; stays the caller's.</param>
/// <param name="process">The process of samplers that are told no other: it answers at any noise level. Null: the linear schedule of 1000 steps.</param>
public sealed class MixtureDenoiser(GaussianMixture mixture, NoisingProcess? process = null) : IDenoiser
{
    /// <inheritdoc/>
    public DenoiserInfo Info { get; } = new()
    {
        Classes = mixture.Classes,
        KnowsNullLabel = true,
        SampleShape = [mixture.Dimensions],
        Process = process ?? new DiscreteProcess(NoiseSchedule.Linear()),
    };

    /// <inheritdoc/>
    public Prediction Predict(Tensor x, NoiseLevel level, Tensor label, PredictionContext? context = null) => mixture.Denoise(x, level, label);
}
