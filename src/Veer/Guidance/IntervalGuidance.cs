using Veer.Diffusion;
using static TorchSharp.torch;

namespace Veer.Guidance;

/// <summary>
/// Guidance in a limited interval of noise levels (Kynkäänniemi et al., arXiv 2404.07724): guided where lowest &lt; sigma ≤ highest, with
/// sigma = b / a, and plain elsewhere, both to the bit. Any guidance can be the guided one.
/// </summary>
public sealed class IntervalGuidance : IDenoiser
{
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
        GuidanceArguments.SameClasses(guided.Classes, plain.Classes, "interval guidance", "guided model");
        (this.guided, this.plain, this.lowest, this.highest) = (guided, plain, lowest, highest);
    }

    /// <inheritdoc/>
    public int Classes => plain.Classes;

    /// <inheritdoc/>
    public bool KnowsNullLabel => guided.KnowsNullLabel && plain.KnowsNullLabel;

    /// <inheritdoc/>
    public bool KnowsSoftLabels => guided.KnowsSoftLabels && plain.KnowsSoftLabels;

    /// <inheritdoc/>
    public bool PartsMakeUpX => guided.PartsMakeUpX && plain.PartsMakeUpX;

    /// <inheritdoc/>
    public Prediction Predict(Tensor x, NoiseLevel level, Tensor label)
    {
        double sigma = level.Sigma / level.Alpha;
        return (sigma > lowest && sigma <= highest ? guided : plain).Predict(x, level, label);
    }
}
