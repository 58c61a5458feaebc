using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Veer.Diffusion;

namespace Veer.Guidance;

/// <summary>Where guidance acts; sigma is noise over signal, sigma / alpha.</summary>
public sealed record IntervalOptions : IValidatableObject
{
    /// <summary>It acts above this noise level.</summary>
    [Description("guided above this sigma")]
    [Range(0.0, 1e9)]
    public double LowestNoise { get; init; } = 0.2;

    /// <summary>It acts up to this noise level.</summary>
    [Description("guided up to this sigma")]
    [Range(0.0, 1e9)]
    public double HighestNoise { get; init; } = 2;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (LowestNoise >= HighestNoise) yield return new(FormattableString.Invariant($"less than highest_noise, {HighestNoise}"), [nameof(LowestNoise)]);
    }
}

/// <summary>
/// Guidance in a limited interval of noise levels (Kynkäänniemi et al., arXiv 2404.07724): guided where lowest &lt; sigma ≤ highest, with
/// sigma = b / a, and plain elsewhere, both to the bit. Any guidance can be the guided one.
/// </summary>
public sealed class IntervalGuidance : IDenoiser
{
    /// <summary>What settings and commands know of it.</summary>
    public static GuidanceKind Kind { get; } = new()
    {
        Name = "interval",
        Title = "Guidance in an interval",
        Formula = "classifier-free where lowest_noise < sigma <= highest_noise, else D(label)",
        Source = "arXiv 2404.07724",
        Options = new IntervalOptions(),
        Make = (parts, scale) =>
        {
            var options = (IntervalOptions)parts.Options!;
            return new IntervalGuidance(new ClassifierFreeGuidance(parts.Denoiser, scale), parts.Denoiser, options.LowestNoise, options.HighestNoise);
        },
    };

    private readonly IDenoiser guided, plain;
    private readonly double lowest, highest;

    /// <param name="guided">Asked within the interval.</param>
    /// <param name="plain">Asked elsewhere: in the paper the conditional model that the guidance wraps.</param>
    /// <param name="lowest">In units of the data; 0 or more.</param>
    /// <param name="highest">In units of the data; at least <paramref name="lowest"/>, infinity for no bound.</param>
    /// <exception cref="InputException">The two differ in their classes, or the interval is none.</exception>
    public IntervalGuidance(IDenoiser guided, IDenoiser plain, double lowest, double highest)
    {
        if (!(lowest >= 0 && lowest <= highest))
            throw new InputException("interval guidance", "interval", FormattableString.Invariant($"{lowest} to {highest}"), "sigmas, 0 or more, the lower one first");
        GuidanceArguments.SameClasses(guided.Info.Classes, plain.Info.Classes, "interval guidance", "guided model");
        (this.guided, this.plain, this.lowest, this.highest) = (guided, plain, lowest, highest);
        Info = plain.Info.And(guided.Info);
    }

    /// <inheritdoc/>
    public DenoiserInfo Info { get; }

    /// <inheritdoc/>
    public Prediction Predict(Tensor x, NoiseLevel level, Tensor label, PredictionContext? context = null)
    {
        double sigma = level.Sigma / level.Alpha;
        return (sigma > lowest && sigma <= highest ? guided : plain).Predict(x, level, label, context);
    }
}
