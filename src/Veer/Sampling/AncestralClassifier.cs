using Veer.Diffusion;
using Veer.Guidance;

namespace Veer.Sampling;

/// <summary>
/// A classifier for <see cref="ClassifierGuidance"/> of ancestral steps as guided-diffusion takes them (Dhariwal and Nichol, arXiv 2105.05233,
/// algorithm 1; its <c>condition_mean</c>): the step's mean is moved by w · variance · grad log p(c given x), the variance being the sampler's. With
/// the classifier itself Eq. 9 moves it by w · beta / sqrt(alpha) · gradient, as if the guided noise had been predicted. The two tend to the same
/// as steps get short; in few steps, and near the data, the variance is the smaller one.
/// </summary>
/// <param name="classifier">The classifier.</param>
/// <param name="sampler">The sampler that the guided denoiser is for: the gradient depends on where its steps lead.</param>
public sealed class AncestralClassifier(INoisyClassifier classifier, Ddpm sampler) : INoisyClassifier
{
    /// <inheritdoc/>
    public int Classes => classifier.Classes;

    /// <inheritdoc/>
    public Tensor LogProbability(Tensor x, NoiseLevel level) => classifier.LogProbability(x, level);

    /// <summary>The gradient, times the variance of the step that begins at a level, over beta / sqrt(alpha).</summary>
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">None of the sampler's steps begins at the level.</exception>
    public Tensor LogProbabilityGradient(Tensor x, NoiseLevel level, Tensor label)
    {
        int step = sampler.Levels.Take(sampler.Steps).ToList().IndexOf(level);
        if (step < 0) throw new ArgumentException($"none of the sampler's steps begins at {level}", nameof(level));
        double factor = sampler.ModelVariance(step) / sampler.Shift(level, sampler.Levels[step + 1]);
        using var gradient = classifier.LogProbabilityGradient(x, level, label);
        return gradient * factor;
    }
}
