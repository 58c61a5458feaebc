using System.ComponentModel.DataAnnotations;
using Veer.Networks;
using Veer.Sampling;

namespace Veer.Studies.Settings;

/// <summary>A guidance, the models that it steers, and the scales it is studied at.</summary>
public sealed record GuidanceSettings
{
    /// <summary>What a guidance is where nothing is said.</summary>
    internal const string DefaultKind = "classifier-free";

    /// <summary>Far beyond any guidance; a scale's text is part of file names.</summary>
    private const int MostScale = 1_000_000;

    /// <summary>
    /// "classifier-free": (1 - w) · null + w · label. "classifier": the unconditional prediction and a classifier's gradient.
    /// "autoguidance": away from a weaker model. "interval": classifier-free within an interval of noise levels. "classifier-free-plus-plus":
    /// classifier-free for the clean part alone. "condition-annealing": classifier-free with noise on the label. "rectified":
    /// classifier-free with coefficients that leave the expectation where it was.
    /// </summary>
    [AllowedValues(
        DefaultKind, "classifier", "autoguidance", "interval", "classifier-free-plus-plus", "condition-annealing", "rectified")]
    public string Kind { get; init; } = DefaultKind;

    /// <summary>The generator: a name among denoisers, or "exact".</summary>
    public string Denoiser { get; init; } = VariantNames.Denoiser;

    /// <summary>classifier: a name among classifiers, or "exact".</summary>
    public string Classifier { get; init; } = VariantNames.Exact;

    /// <summary>autoguidance: the weaker model, a name among denoisers.</summary>
    public string Guide { get; init; } = VariantNames.Denoiser;

    /// <summary>interval: guidance acts above this noise level, sigma = noise over signal.</summary>
    [Range(0.0, 1e9)]
    public double LowestNoise { get; init; } = 0.2;

    /// <summary>interval: guidance acts up to this noise level.</summary>
    [Range(0.0, 1e9)]
    public double HighestNoise { get; init; } = 2;

    /// <summary>condition-annealing: the label is whole up to this time, 0 to 1 (1: pure noise).</summary>
    [Range(0.0, 1.0)]
    public double AnnealingStart { get; init; } = 0.6;

    /// <summary>condition-annealing: from this time on the label is noise alone.</summary>
    [Range(0.0, 1.0)]
    public double AnnealingEnd { get; init; } = 0.9;

    /// <summary>condition-annealing: scale of the noise on the label.</summary>
    [Range(0.0, 100.0)]
    public double AnnealingNoise { get; init; } = 0.25;

    /// <summary>A sampler, for a guidance that is made for one of them; the study's sampler if not given.</summary>
    [AllowedValues(Samplers.Ancestral, Samplers.Deterministic, Samplers.Edm, Samplers.Adaptive)]
    public string? Sampler { get; init; }

    /// <summary>Guidance scales w that postprocessors are trained on and that are measured; 1 is the plain conditional model.</summary>
    [MinLength(1)]
    [EachRange(-MostScale, MostScale)]
    public IReadOnlyList<double> Scales { get; init; } = [1, 2, 3];

    /// <summary>Further scales, measured but never trained on.</summary>
    [EachRange(-MostScale, MostScale)]
    public IReadOnlyList<double> UnseenScales { get; init; } = [];

    /// <summary>The sampler that it is studied with.</summary>
    internal string SamplerIn(SamplingSettings sampling) => Sampler ?? sampling.Sampler;

    /// <summary>Every scale that is measured, in ascending order.</summary>
    internal IReadOnlyList<double> AllScales => [.. Scales.Concat(UnseenScales).Order()];
}
