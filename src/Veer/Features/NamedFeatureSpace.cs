namespace Veer.Features;

/// <summary>A feature space that has a name.</summary>
/// <param name="Name">What users type: "pixels".</param>
/// <param name="Title">What it is, in a few words.</param>
/// <param name="Open">Opens it; who asked disposes of it. Faults of its model are <see cref="InputException"/>.</param>
public sealed record NamedFeatureSpace(string Name, string Title, Func<FeatureSpaceRequest, IFeatureSpace> Open) : IRegistered<NamedFeatureSpace>
{
    /// <inheritdoc/>
    public static Registry<NamedFeatureSpace> All => FeatureSpaces.All;

    /// <summary>Which published figures those measured in it compare with ("the FID that StyleGAN and EDM give"); null where there are none.</summary>
    public string? Comparable { get; init; }

    /// <summary>Features of an image; null where that depends on the images.</summary>
    internal int? Size { get; init; }

    /// <summary>The model's file; null where it needs none.</summary>
    internal ExtractorModel? Model { get; init; }
}

/// <summary>What a feature space is opened for.</summary>
/// <param name="Shape">[C, H, W] of the images.</param>
/// <param name="DataSet">The data set that they are of or like ("mnist"); null where none is named.</param>
/// <param name="Device">Where models work; null for the CPU.</param>
/// <param name="Cancellation">Ends the reading of a model.</param>
public sealed record FeatureSpaceRequest(IReadOnlyList<long> Shape, string? DataSet, Device? Device, CancellationToken Cancellation);
