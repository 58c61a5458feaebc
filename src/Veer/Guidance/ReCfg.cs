using Veer.Diffusion;

namespace Veer.Guidance;

/// <summary>
/// Rectified classifier-free guidance, ReCFG (Xia et al., arXiv 2410.18737): Noise = gamma1 · conditional + gamma0 · unconditional with
/// coefficients that need not sum to one, gamma1 = w and gamma0 = (1 - w) · r, r from <see cref="ExpectationRatios"/>; Clean follows from
/// x = a · Clean + b · Noise. r = 1 is classifier-free guidance, and w = 1 the conditional prediction, to the bit and at half the cost.
/// </summary>
/// <remarks>
/// The paper asks that guidance does not shift the expectation of the noise: over the noised points x_t of the class, E[guided] =
/// E[conditional], which r = E[conditional] / E[unconditional] solves (<see cref="RatioEstimate.Means"/>). Taken at its word this says more
/// than one may want: a perfect model's conditional noise has expectation 0, so r = 0, the guided score is w times the conditional one, and
/// a class shrinks to its mode; a ratio other than 0 comes from the model's errors and from few samples. The authors' published program
/// therefore does something else: the least-squares ratio E[conditional · unconditional] / E[unconditional²], which stays near 1 while
/// noise is most of x, and with which guided - conditional is uncorrelated with the unconditional noise: E[(guided - conditional) ·
/// unconditional] = 0. Which of the two is ReCFG is our choice, the program's, as <see cref="RatioEstimate.LeastSquares"/> is the
/// default; the expectation itself it leaves shifted.
/// </remarks>
public sealed class ReCfg : IDenoiser
{
    /// <summary>What settings and commands know of it.</summary>
    public static GuidanceKind Kind { get; } = new()
    {
        Name = "rectified",
        Title = "Rectified classifier-free guidance (ReCFG)",
        Formula = "(1 - w) · r · Noise(null) + w · Noise(label)",
        Source = "arXiv 2410.18737",
        Needs = GuidanceNeeds.Signal | GuidanceNeeds.Data,
        Make = (parts, scale) => scale == 1 ? parts.Denoiser : new ReCfg(parts.Denoiser, parts.Once(() => ExpectationRatios.Fit(
            parts.Denoiser, parts.Levels, parts.Data!, RandomKey.From(parts.Seed, "rectified guidance"), device: parts.Device, cancellation: parts.Cancellation)), scale),
    };

    private readonly IDenoiser denoiser;
    private readonly ExpectationRatios ratios;

    /// <param name="denoiser">One that knows the null label; at w = 1 any.</param>
    /// <param name="ratios">Fitted to this denoiser; stay the caller's.</param>
    /// <param name="scale">w = gamma1, finite. The table serves any.</param>
    /// <exception cref="InputException">The denoiser has no unconditional prediction, or its classes are not the table's.</exception>
    public ReCfg(IDenoiser denoiser, ExpectationRatios ratios, double scale)
    {
        Scale = GuidanceArguments.Finite(scale);
        if (scale != 1) GuidanceArguments.NullLabelKnown(denoiser, "rectified guidance", "label dropout above 0, or scale 1");
        GuidanceArguments.SameClasses(ratios.Classes, denoiser.Info.Classes, "rectified guidance", "table");
        (this.denoiser, this.ratios) = (denoiser, ratios);
        Info = denoiser.Info with { KnowsSoftLabels = false };
    }

    /// <summary>The guidance scale w.</summary>
    public double Scale { get; }

    /// <inheritdoc/>
    public DenoiserInfo Info { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">Alpha of the level is 0: the clean part divides by it.</exception>
    public Prediction Predict(Tensor x, NoiseLevel level, Tensor label, PredictionContext? context = null)
    {
        if (Scale == 1) return denoiser.Predict(x, level, label, context);
        GuidanceArguments.HasSignal(level, "rectified guidance");
        using var scope = NewDisposeScope();
        var (none, own) = denoiser.PredictBoth(x, level, label, context);
        var ratio = ratios.At(level, label).to(x.dtype);
        var other = ratio * (1 - Scale);
        // clean is (x - sigma · noise) / alpha by the parts' own clean ones: no digits are lost where alpha is small and r is 1
        var (clean, noise) = Extrapolation.Complete(
            x, level, () => none.Clean * other + own.Clean * Scale + x * (1 - ratio) * ((1 - Scale) / level.Alpha),
            () => none.Noise * other + own.Noise * Scale, Info.PartsMakeUpX);
        return new(clean.MoveToOuterDisposeScope(), noise.MoveToOuterDisposeScope());
    }
}
