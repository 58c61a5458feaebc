using Veer.Diffusion;

namespace Veer.Guidance;

/// <summary>
/// Classifier-free guidance (Ho and Salimans, arXiv 2207.12598) in the convention (1 - w) · unconditional + w · conditional: w = 1 is
/// the plain conditional prediction and w = 0 the unconditional one, both to the bit and at half the cost.
/// </summary>
public sealed class ClassifierFreeGuidance : IDenoiser
{
    /// <summary>What settings and commands know of it.</summary>
    public static GuidanceKind Kind { get; } = new()
    {
        Name = "classifier-free",
        Title = "Classifier-free guidance",
        Formula = "(1 - w) · D(null) + w · D(label)",
        Source = "arXiv 2207.12598",
        Make = (parts, scale) => new ClassifierFreeGuidance(parts.Denoiser, scale),
    };

    private readonly IDenoiser denoiser;

    /// <param name="denoiser">One that knows the null label; at w = 1 any.</param>
    /// <param name="scale">w, finite.</param>
    /// <exception cref="InputException">The denoiser was trained without label dropout: it has no unconditional prediction.</exception>
    public ClassifierFreeGuidance(IDenoiser denoiser, double scale)
    {
        Scale = GuidanceArguments.Finite(scale);
        if (scale != 1) GuidanceArguments.NullLabelKnown(denoiser, "classifier-free guidance", "label dropout above 0, or scale 1");
        this.denoiser = denoiser;
        Info = denoiser.Info with { KnowsSoftLabels = false };
    }

    /// <summary>The guidance scale w.</summary>
    public double Scale { get; }

    /// <inheritdoc/>
    public DenoiserInfo Info { get; }

    /// <inheritdoc/>
    public Prediction Predict(Tensor x, NoiseLevel level, Tensor label, PredictionContext? context = null)
    {
        if (Scale == 1) return denoiser.Predict(x, level, label, context);
        if (Scale == 0) return denoiser.PredictUnconditional(x, level, label, context);
        using var scope = NewDisposeScope();
        var (none, own) = denoiser.PredictBoth(x, level, label, context);
        var (clean, noise) = Extrapolation.Compute(x, level, none, own, Scale, Info.PartsMakeUpX);
        return new(clean.MoveToOuterDisposeScope(), noise.MoveToOuterDisposeScope());
    }
}
