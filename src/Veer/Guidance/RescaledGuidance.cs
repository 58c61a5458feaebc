using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Veer.Diffusion;

namespace Veer.Guidance;

/// <summary>How far <see cref="RescaledGuidance"/> rescales.</summary>
public sealed record RescaledOptions
{
    /// <summary>phi: 0 (classifier-free guidance) to 1 (the conditional prediction's own standard deviation).</summary>
    [Description("phi")]
    [Range(0.0, 1.0)]
    public double Rescale { get; init; } = 0.7;
}

/// <summary>
/// Rescaled classifier-free guidance (Lin et al., arXiv 2305.08891, section 3.4): a large w widens a sample's numbers, so the guided one is
/// scaled back to the standard deviation of the conditional prediction, and phi of it mixed with the guided one as it was:
/// y = (1 - w) · unconditional + w · conditional; phi · y · std(conditional) / std(y) + (1 - phi) · y, standard deviations within each sample.
/// </summary>
/// <remarks>
/// The paper rescales what its network answers, a velocity; here it is the clean sample, which any family has, and Noise follows from x. A
/// sample of one number has no standard deviation, and is left as it is.
/// </remarks>
public sealed class RescaledGuidance : IDenoiser
{
    /// <summary>What settings and commands know of it.</summary>
    public static GuidanceKind Kind { get; } = new()
    {
        Name = "rescaled",
        Title = "Rescaled classifier-free guidance",
        Formula = "y = (1 - w) · D(null) + w · D(label); phi · y · std(D(label)) / std(y) + (1 - phi) · y",
        Source = "arXiv 2305.08891",
        Options = new RescaledOptions(),
        Make = (parts, scale) => new RescaledGuidance(parts.Denoiser, scale, ((RescaledOptions)parts.Options!).Rescale),
    };

    private readonly IDenoiser denoiser;
    private readonly double scale, rescale;

    /// <param name="denoiser">One that knows the null label; at w = 1 any.</param>
    /// <param name="scale">w, finite; 1 is the conditional prediction to the bit.</param>
    /// <param name="rescale">phi, 0 to 1.</param>
    /// <exception cref="InputException">The denoiser was trained without label dropout: it has no unconditional prediction.</exception>
    public RescaledGuidance(IDenoiser denoiser, double scale, double rescale = 0.7)
    {
        this.scale = GuidanceArguments.Finite(scale);
        this.rescale = rescale is >= 0 and <= 1 ? rescale : throw new ArgumentOutOfRangeException(nameof(rescale), rescale, "0 to 1");
        if (scale != 1) GuidanceArguments.NullLabelKnown(denoiser, "rescaled guidance", "label dropout above 0, or scale 1");
        this.denoiser = denoiser;
        Info = denoiser.Info with { KnowsSoftLabels = false };
    }

    /// <inheritdoc/>
    public DenoiserInfo Info { get; }

    /// <inheritdoc/>
    public Prediction Predict(Tensor x, NoiseLevel level, Tensor label, PredictionContext? context = null)
    {
        if (scale == 1) return denoiser.Predict(x, level, label, context);
        using var scope = NewDisposeScope();
        var (none, own) = denoiser.PredictBoth(x, level, label, context);
        var guided = Extrapolation.Compute(x, level, none, own, scale, Info.PartsMakeUpX);
        var (wanted, found) = (Deviation(own.Clean), Deviation(guided.Clean));
        var change = guided.Clean * (where(found.eq(0), 1.0, wanted / found) - 1) * rescale;
        var noise = Info.PartsMakeUpX ? level.FollowClean(guided.Noise, change) : guided.Noise;
        return new((guided.Clean + change).MoveToOuterDisposeScope(), noise.MoveToOuterDisposeScope());
    }

    /// <summary>Of each sample's numbers, [B, 1, ...].</summary>
    private static Tensor Deviation(Tensor samples)
    {
        var rows = samples.flatten(1);
        var deviation = (rows - rows.mean([1], keepdim: true)).square().mean([1]).sqrt();
        return deviation.reshape([-1, .. Enumerable.Repeat(1L, (int)samples.dim() - 1)]);
    }
}
