using static TorchSharp.torch;

namespace Veer.Diffusion;

/// <summary>
/// Splits a noisy batch into the clean sample and the noise that it expects there. Networks, closed forms and guidance are all
/// denoisers; a guidance wraps one or two others.
/// </summary>
public interface IDenoiser
{
    /// <summary>Number of classes C. Labels run from 0 to C - 1; label C is the null label: the unconditional prediction.</summary>
    int Classes { get; }

    /// <summary>Whether the null label means anything: a network trained without label dropout never saw it.</summary>
    bool KnowsNullLabel => true;

    /// <summary>
    /// Whether <see cref="Predict"/> also takes its label as [B, C + 1] weights, floating as x is, in place of the classes' one-hot rows;
    /// the last column is the null label.
    /// </summary>
    bool KnowsSoftLabels => false;

    /// <summary>
    /// Whether the two parts make up x, to rounding. A guidance that moves one of them alone is for samplers that step to a_s · Clean +
    /// b_s · Noise, and for nothing that solves x for a part.
    /// </summary>
    bool PartsMakeUpX => true;

    /// <summary>The expected parts of x, with x = Signal · Clean + Noise · Noise where <see cref="PartsMakeUpX"/>.</summary>
    /// <param name="x">[B, ...] samples at one noise level.</param>
    /// <param name="level">The noise level of the whole batch.</param>
    /// <param name="label">[B] int64, each 0 to C (C: null); or weights, where it <see cref="KnowsSoftLabels"/>.</param>
    Prediction Predict(Tensor x, NoiseLevel level, Tensor label);
}

/// <summary>A denoiser's answer; both parts have the shape of x.</summary>
/// <param name="Clean">The expected clean sample.</param>
/// <param name="Noise">The expected noise (unit variance).</param>
public readonly record struct Prediction(Tensor Clean, Tensor Noise);
