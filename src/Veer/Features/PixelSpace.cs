namespace Veer.Features;

/// <summary>Images compared by their quantised pixels in [-1, 1], channel by channel and row by row.</summary>
/// <param name="channels">C.</param>
/// <param name="height">H, in pixels.</param>
/// <param name="width">W, in pixels.</param>
public sealed class PixelSpace(int channels, int height, int width) : IFeatureSpace
{
    /// <inheritdoc/>
    public string Name => "pixels";

    /// <inheritdoc/>
    public string Fingerprint => "none";

    /// <inheritdoc/>
    public int Size => channels * height * width;

    /// <inheritdoc/>
    public void Check(Tensor images) => ImageBatches.RequireShape(images, [channels, height, width], Name);

    /// <inheritdoc/>
    public Tensor Extract(Tensor images) => images.flatten(1);

    /// <summary>Does nothing: pixels hold no model.</summary>
    public void Dispose()
    {
    }
}
