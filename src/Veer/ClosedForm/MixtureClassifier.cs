using Veer.Diffusion;
using Veer.Guidance;

namespace Veer.ClosedForm;

/// <summary>The true posterior of a Gaussian mixture, in closed form: what a perfectly trained noisy classifier would say.</summary>
/// <param name="mixture">The distribution of the clean samples; stays the caller's.</param>
public sealed class MixtureClassifier(GaussianMixture mixture) : INoisyClassifier
{
    /// <inheritdoc/>
    public int Classes => mixture.Classes;

    /// <inheritdoc/>
    public Tensor LogProbability(Tensor x, NoiseLevel level) => mixture.LogPosterior(x, level);

    /// <inheritdoc/>
    public Tensor LogProbabilityGradient(Tensor x, NoiseLevel level, Tensor label) => mixture.PosteriorGradient(x, level, label);
}
