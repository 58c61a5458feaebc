using Veer.Diffusion;

namespace Veer.Guidance;

/// <summary>
/// A classifier of noisy samples, p(c given x) at a noise level: the guide of classifier guidance (Dhariwal and Nichol, arXiv 2105.05233).
/// </summary>
public interface INoisyClassifier
{
    /// <summary>Number of classes C; it knows no null label.</summary>
    int Classes { get; }

    /// <summary>log p(c given x) of every class, [B, C].</summary>
    /// <param name="x">[B, ...] samples at one noise level.</param>
    /// <param name="level">The noise level of the whole batch.</param>
    Tensor LogProbability(Tensor x, NoiseLevel level);

    /// <summary>grad_x log p(label given x), in the shape of x.</summary>
    /// <param name="x">[B, ...] samples at one noise level.</param>
    /// <param name="level">The noise level of the whole batch.</param>
    /// <param name="label">[B] int64, each 0 to C - 1.</param>
    Tensor LogProbabilityGradient(Tensor x, NoiseLevel level, Tensor label);
}
