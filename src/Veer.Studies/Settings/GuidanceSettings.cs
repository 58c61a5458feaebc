using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Veer.Guidance;
using Veer.Sampling;

namespace Veer.Studies.Settings;

/// <summary>A guidance, the models that it guides, and the scales it is studied at.</summary>
public sealed record GuidanceSettings
{
    /// <summary>What a guidance is where nothing is said.</summary>
    internal const string DefaultKind = "classifier-free";

    /// <summary>Far beyond any guidance; a scale's text is part of file names.</summary>
    internal const int MostScale = 1_000_000;

    /// <summary>The guidance, one of those that are registered (<see cref="GuidanceKind.All"/>); its own options stand beside this key.</summary>
    [Registered<GuidanceKind>]
    public string Kind { get; init; } = DefaultKind;

    /// <summary>The generator: a name among denoisers, or "exact".</summary>
    public string Denoiser { get; init; } = VariantNames.Denoiser;

    /// <summary>A name among classifiers, or "exact", for a guidance that asks for a classifier.</summary>
    public string Classifier { get; init; } = VariantNames.Exact;

    /// <summary>The weaker model, another name among denoisers, for a guidance that asks for one.</summary>
    public string? Guide { get; init; }

    /// <summary>A sampler, for a guidance that is made for one of them; the study's sampler if not given.</summary>
    [Registered<SamplerKind>]
    public string? Sampler { get; init; }

    /// <summary>Guidance scales w that postprocessors are trained on and that are measured; 1 is the plain conditional model.</summary>
    [MinLength(1)]
    [EachRange(-MostScale, MostScale)]
    public IReadOnlyList<double> Scales { get; init; } = [1, 2, 3];

    /// <summary>Further scales, measured but never trained on.</summary>
    [EachRange(-MostScale, MostScale)]
    public IReadOnlyList<double> UnseenScales { get; init; } = [];

    /// <summary>The options of the kind, all of them, as they stand beside the other keys (<see cref="GuidanceOptions"/>).</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? OwnOptions { get; init; }

    /// <summary>What the kind is.</summary>
    internal GuidanceKind Guidance => GuidanceKind.All.Named(Kind);

    /// <summary>The sampler that it is studied with.</summary>
    internal string SamplerIn(SamplingSettings sampling) => Sampler ?? sampling.Sampler;

    /// <summary>Every scale that is measured, in ascending order.</summary>
    internal IReadOnlyList<double> AllScales => [.. Scales.Concat(UnseenScales).Order()];
}
