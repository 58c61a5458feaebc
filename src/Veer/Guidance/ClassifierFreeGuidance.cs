using Veer.Diffusion;
using static TorchSharp.torch;

namespace Veer.Guidance;

/// <summary>
/// Classifier-free guidance (Ho and Salimans, arXiv 2207.12598) in the convention (1 - w) · unconditional + w · conditional: w = 1 is
/// the plain conditional prediction and w = 0 the unconditional one, both to the bit and at half the cost.
/// </summary>
/// <param name="denoiser">One that was trained with label dropout.</param>
/// <param name="scale">w, finite.</param>
public sealed class ClassifierFreeGuidance(IDenoiser denoiser, double scale) : IDenoiser
{
    /// <summary>The guidance scale w.</summary>
    public double Scale { get; } =
        double.IsFinite(scale) ? scale : throw new ArgumentOutOfRangeException(nameof(scale), scale, "a finite number");

    /// <inheritdoc/>
    public int Classes => denoiser.Classes;

    /// <inheritdoc/>
    public Prediction Predict(Tensor x, Level level, Tensor label)
    {
        if (Scale == 1) return denoiser.Predict(x, level, label);
        using var scope = NewDisposeScope();
        var none = full_like(label, Classes);
        var both = Scale == 0
            ? denoiser.Predict(x, level, none)
            : denoiser.Predict(cat([x, x]), level, cat([none, label]));
        return new(Guided(both.Clean).MoveToOuterDisposeScope(), Guided(both.Noise).MoveToOuterDisposeScope());
    }

    private Tensor Guided(Tensor both)
    {
        if (Scale == 0) return both;
        var halves = both.chunk(2);
        return halves[0] * (1 - Scale) + halves[1] * Scale;
    }
}
