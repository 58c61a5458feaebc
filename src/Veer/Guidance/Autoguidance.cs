using Veer.Diffusion;
using static TorchSharp.torch;

namespace Veer.Guidance;

/// <summary>
/// Autoguidance (Karras et al., arXiv 2406.02507): guide + w · (denoiser - guide), both parts, both asked with the samples' own labels.
/// The guide is a bad version of the denoiser (smaller, less trained); what it gets wrong is where the guidance pushes away from. w = 1 is
/// the denoiser and w = 0 the guide, both to the bit, without asking the other.
/// </summary>
public sealed class Autoguidance : IDenoiser
{
    private readonly IDenoiser denoiser, guide;

    /// <param name="denoiser">The good model.</param>
    /// <param name="guide">The bad model, of the same classes and data.</param>
    /// <param name="scale">w, finite.</param>
    /// <exception cref="InputException">The guide's classes are others.</exception>
    public Autoguidance(IDenoiser denoiser, IDenoiser guide, double scale)
    {
        Scale = GuidanceArguments.Finite(scale);
        GuidanceArguments.SameClasses(guide.Classes, denoiser.Classes, "autoguidance", "guide");
        (this.denoiser, this.guide) = (denoiser, guide);
    }

    /// <summary>The guidance scale w.</summary>
    public double Scale { get; }

    /// <inheritdoc/>
    public int Classes => denoiser.Classes;

    /// <inheritdoc/>
    public bool KnowsNullLabel => denoiser.KnowsNullLabel && (Scale == 1 || guide.KnowsNullLabel);

    /// <inheritdoc/>
    public bool KnowsSoftLabels => denoiser.KnowsSoftLabels && (Scale == 1 || guide.KnowsSoftLabels);

    /// <inheritdoc/>
    public bool PartsMakeUpX => denoiser.PartsMakeUpX && (Scale == 1 || guide.PartsMakeUpX);

    /// <inheritdoc/>
    public Prediction Predict(Tensor x, NoiseLevel level, Tensor label)
    {
        if (Scale == 1) return denoiser.Predict(x, level, label);
        if (Scale == 0) return guide.Predict(x, level, label);
        using var scope = NewDisposeScope();
        var (good, bad) = (denoiser.Predict(x, level, label), guide.Predict(x, level, label));
        var (clean, noise) = Extrapolation.Compute(x, level, bad, good, Scale, PartsMakeUpX);
        return new(clean.MoveToOuterDisposeScope(), noise.MoveToOuterDisposeScope());
    }
}
