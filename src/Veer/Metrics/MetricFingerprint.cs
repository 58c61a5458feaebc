using Veer.Data;
using Veer.Features;

namespace Veer.Metrics;

/// <summary>What a number of an image metric rests on: two numbers compare only if theirs are equal.</summary>
public sealed record MetricFingerprint
{
    /// <summary>The extractor's <see cref="IFeatureSpace.Name"/>.</summary>
    public required string Extractor { get; init; }

    /// <summary>The extractor's <see cref="IFeatureSpace.Fingerprint"/>.</summary>
    public required string ExtractorFingerprint { get; init; }

    /// <summary>The extractor's <see cref="IFeatureSpace.Description"/>.</summary>
    public string Description { get; init; } = "";

    /// <summary>How images were resized for the extractor; "none" if they were not.</summary>
    public string Resize { get; init; } = "none";

    /// <summary>How images became bytes.</summary>
    public string Quantization { get; init; } = ImageQuantization.Name;

    /// <summary>Samples measured.</summary>
    public required long Samples { get; init; }

    /// <summary>Images that they were compared with.</summary>
    public required long References { get; init; }

    /// <summary>The data set that they were compared with: "mnist".</summary>
    public required string Reference { get; init; }

    /// <summary>The part of it: "train" or "test".</summary>
    public required string Split { get; init; }

    /// <summary>Of a comparison in a feature space.</summary>
    /// <param name="space">The extractor.</param>
    /// <param name="samples">Samples measured.</param>
    /// <param name="references">Images that they were compared with.</param>
    /// <param name="reference">The data set that they were compared with.</param>
    /// <param name="split">The part of it.</param>
    /// <exception cref="InputException">The extractor was made for another data set.</exception>
    public static MetricFingerprint Create(IFeatureSpace space, long samples, long references, string reference, string split)
    {
        if (space.For is { } only && only != reference)
            throw new InputException(space.Name, "reference", $"'{reference}'", $"'{only}', the data set that it was trained on");
        return new()
        {
            Extractor = space.Name,
            ExtractorFingerprint = space.Fingerprint,
            Description = space.Description,
            Resize = space.Resize,
            Samples = samples,
            References = references,
            Reference = reference,
            Split = split,
        };
    }
}
