using Veer.Diffusion;

namespace Veer.Guidance;

/// <summary>
/// Autoguidance (Karras et al., arXiv 2406.02507): guide + w · (denoiser - guide), both parts, both asked with the samples' own labels.
/// The guide is a bad version of the denoiser (smaller, less trained); what it gets wrong is where the guidance pushes away from. w = 1 is
/// the denoiser and w = 0 the guide, both to the bit, without asking the other.
/// </summary>
public sealed class Autoguidance : IDenoiser
{
    /// <summary>What settings and commands know of it.</summary>
    public static GuidanceKind Kind { get; } = new()
    {
        Name = "autoguidance",
        Title = "Autoguidance",
        Formula = "(1 - w) · D(guide) + w · D",
        Source = "arXiv 2406.02507",
        Needs = GuidanceNeeds.Guide,
        AsksNull = _ => false,
        Make = (parts, scale) => new Autoguidance(parts.Denoiser, parts.Guide!, scale),
    };

    private readonly IDenoiser denoiser, guide;

    /// <param name="denoiser">The good model.</param>
    /// <param name="guide">The bad model, of the same classes and data.</param>
    /// <param name="scale">w, finite.</param>
    /// <exception cref="InputException">The guide's classes are others.</exception>
    public Autoguidance(IDenoiser denoiser, IDenoiser guide, double scale)
    {
        Scale = GuidanceArguments.Finite(scale);
        GuidanceArguments.SameClasses(guide.Info.Classes, denoiser.Info.Classes, "autoguidance", "guide");
        (this.denoiser, this.guide) = (denoiser, guide);
        // at w = 1 the guide is not asked
        Info = scale == 1 ? denoiser.Info : denoiser.Info.And(guide.Info);
    }

    /// <summary>The guidance scale w.</summary>
    public double Scale { get; }

    /// <inheritdoc/>
    public DenoiserInfo Info { get; }

    /// <inheritdoc/>
    public Prediction Predict(Tensor x, NoiseLevel level, Tensor label, PredictionContext? context = null)
    {
        if (Scale == 1) return denoiser.Predict(x, level, label, context);
        if (Scale == 0) return guide.Predict(x, level, label, context);
        using var scope = NewDisposeScope();
        var (good, bad) = (denoiser.Predict(x, level, label, context), guide.Predict(x, level, label, context));
        var (clean, noise) = Extrapolation.Compute(x, level, bad, good, Scale, Info.PartsMakeUpX);
        return new(clean.MoveToOuterDisposeScope(), noise.MoveToOuterDisposeScope());
    }
}
