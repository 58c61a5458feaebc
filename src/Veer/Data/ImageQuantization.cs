using static TorchSharp.torch;

namespace Veer.Data;

/// <summary>
/// Images as they would come back from a file of bytes: round(127.5 (x + 1)), halves to the even byte, clamped to 0 to 255, and back to
/// byte / 127.5 - 1. Images that were read from bytes come back to the same bits.
/// </summary>
public static class ImageQuantization
{
    /// <summary>What metrics say was done.</summary>
    public const string Name = "round(127.5(x+1)) to bytes";

    private const double HalfRange = 127.5;

    /// <summary>The bytes of images.</summary>
    /// <param name="images">Any shape; finite.</param>
    /// <returns>The same shape, uint8.</returns>
    public static Tensor ToBytes(Tensor images)
    {
        using var scope = NewDisposeScope();
        return Rounded(images).to(ScalarType.Byte).MoveToOuterDisposeScope();
    }

    /// <summary>The images that their bytes stand for.</summary>
    /// <param name="images">Any shape; finite.</param>
    /// <returns>The same shape, float32.</returns>
    public static Tensor Apply(Tensor images)
    {
        using var scope = NewDisposeScope();
        return Rounded(images).div_(HalfRange).sub_(1).MoveToOuterDisposeScope();
    }

    private static Tensor Rounded(Tensor images) => images.detach().to(ScalarType.Float32).add(1).mul_(HalfRange).round_().clamp_(0, 255);
}
