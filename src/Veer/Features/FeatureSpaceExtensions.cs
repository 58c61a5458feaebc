using static TorchSharp.torch;

namespace Veer.Features;

/// <summary>Shorter ways to ask a feature space.</summary>
public static class FeatureSpaceExtensions
{
    /// <summary><see cref="IFeatureSpace.Features"/> without progress or an early end: of images that take little time.</summary>
    /// <param name="space">The space.</param>
    /// <param name="images">[N, C, H, W] in [-1, 1], on any device.</param>
    /// <returns>[N, D] float32.</returns>
    /// <exception cref="InputException">There are none, they are of another shape, or a value is not finite.</exception>
    public static Tensor Features(this IFeatureSpace space, Tensor images) => space.Features(images, null, CancellationToken.None);
}
