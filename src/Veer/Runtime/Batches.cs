using TorchSharp;

namespace Veer.Runtime;

/// <summary>How many samples go through a network at once where nobody says it.</summary>
public static class Batches
{
    /// <summary>Vectors are small: a batch of them costs little more than a call.</summary>
    private const int Points = 16_384;

    /// <summary>An image's activations take a thousand times its memory; on a processor they should stay in its cache.</summary>
    private const int Images = 1000, ImagesOnProcessor = 100;

    /// <summary>Samples of a shape on a device.</summary>
    /// <param name="shape">[D] of a vector, or [C, H, W] of an image.</param>
    /// <param name="device">Where the network is.</param>
    public static int SizeFor(long[] shape, Device device) =>
        shape.Length < 3 ? Points : device.type == DeviceType.CPU ? ImagesOnProcessor : Images;
}
