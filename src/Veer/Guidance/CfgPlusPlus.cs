using Veer.Diffusion;

namespace Veer.Guidance;

/// <summary>
/// CFG++ (Chung et al., arXiv 2406.08070, algorithm 2): Clean is guided, (1 - lambda) · unconditional + lambda · conditional, and Noise,
/// with which a step noises it again, stays the unconditional one.
/// </summary>
/// <remarks>
/// By design x = a · Clean + b · Noise no longer holds, so this is for samplers that step to a_s · Clean + b_s · Noise
/// (<see cref="Sampling.Ddim"/>). A probability-flow ODE puts the parts together differently (with a = 1 it never looks at Clean) and
/// would be no CFG++: <see cref="ProbabilityFlow"/> refuses it. Lambda is not the w of the other guidances: a DDIM step from sigma to sigma_s with lambda is the step of
/// <see cref="ClassifierFreeGuidance"/> with w = lambda / (1 - sigma_s / sigma), sigma = b / a. So it guides the more the shorter the steps
/// are, even at lambda below 1, and only in the last step, to sigma_s = 0, is w = lambda.
/// </remarks>
public sealed class CfgPlusPlus : IDenoiser
{
    /// <summary>What settings and commands know of it.</summary>
    public static GuidanceKind Kind { get; } = new()
    {
        Name = "classifier-free-plus-plus",
        Title = "CFG++; its w, the paper's lambda, is from 0 to 1",
        Formula = "Clean = (1 - w) · Clean(null) + w · Clean(label), Noise = Noise(null)",
        Source = "arXiv 2406.08070",
        AsksNull = _ => true,
        PartsMakeUpX = scale => scale == 0,
        Make = (parts, scale) => new CfgPlusPlus(parts.Denoiser, scale),
    };

    private readonly IDenoiser denoiser;

    /// <param name="denoiser">One that knows the null label.</param>
    /// <param name="scale">Lambda, finite; 0 to 1 in the paper. 0 is the unconditional prediction to the bit, at half the cost.</param>
    /// <exception cref="InputException">The denoiser was trained without label dropout: it has no unconditional prediction.</exception>
    public CfgPlusPlus(IDenoiser denoiser, double scale)
    {
        Scale = GuidanceArguments.Finite(scale);
        GuidanceArguments.NullLabelKnown(denoiser, "CFG++", "label dropout above 0");
        this.denoiser = denoiser;
        Info = denoiser.Info with { KnowsSoftLabels = false, PartsMakeUpX = scale == 0 && denoiser.Info.PartsMakeUpX };
    }

    /// <summary>The scale lambda.</summary>
    public double Scale { get; }

    /// <inheritdoc/>
    public DenoiserInfo Info { get; }

    /// <inheritdoc/>
    public Prediction Predict(Tensor x, NoiseLevel level, Tensor label, PredictionContext? context = null)
    {
        if (Scale == 0) return denoiser.PredictUnconditional(x, level, label, context);
        using var scope = NewDisposeScope();
        var (none, own) = denoiser.PredictBoth(x, level, label, context);
        return new((none.Clean * (1 - Scale) + own.Clean * Scale).MoveToOuterDisposeScope(), none.Noise.MoveToOuterDisposeScope());
    }
}
