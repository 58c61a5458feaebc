namespace Veer.Features;

/// <summary>Shorter ways to ask a feature space.</summary>
public static class FeatureSpaceExtensions
{
    /// <summary><see cref="IFeatureSpace.Features"/> of any space.</summary>
    /// <inheritdoc cref="IFeatureSpace.Features"/>
    public static Tensor Features(this IFeatureSpace space, Tensor images, IProgress<double>? progress = null, CancellationToken cancellation = default) =>
        space.Features(images, progress, cancellation);
}
