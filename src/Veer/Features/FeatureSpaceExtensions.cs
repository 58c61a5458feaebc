namespace Veer.Features;

/// <summary>Shorter ways to ask a feature space.</summary>
public static class FeatureSpaceExtensions
{
    /// <summary><see cref="IFeatureSpace.Features"/> of any space.</summary>
    /// <param name="space">The space.</param>
    /// <param name="images">[N, C, H, W] in [-1, 1], on any device.</param>
    /// <param name="progress">Told the share of images seen, 0 to 1, if not null.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <returns>[N, D] float32.</returns>
    /// <exception cref="InputException">There are none, they are of another shape, or a value is not finite.</exception>
    public static Tensor Features(this IFeatureSpace space, Tensor images, IProgress<double>? progress = null, CancellationToken cancellation = default) =>
        space.Features(images, progress, cancellation);
}
