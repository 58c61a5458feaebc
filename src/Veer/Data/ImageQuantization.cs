namespace Veer.Data;

/// <summary>
/// Images as they would come back from a file of bytes: round(127.5 (x + 1)), halves to the even byte, clamped to 0 to 255, and back to
/// byte / 127.5 - 1. Images that were read from bytes come back to the same bits.
/// </summary>
public static class ImageQuantization
{
    /// <summary>What metrics say was done.</summary>
    public const string Name = "round(127.5(x+1)) to bytes";

    // the largest byte maps to 1 and the smallest to -1
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
        return Scaled(Rounded(images)).MoveToOuterDisposeScope();
    }

    /// <summary>The images that bytes stand for.</summary>
    /// <param name="bytes">Any shape, uint8.</param>
    /// <returns>The same shape, float32 in [-1, 1].</returns>
    public static Tensor FromBytes(Tensor bytes)
    {
        using var scope = NewDisposeScope();
        return Scaled(bytes.to(ScalarType.Float32).contiguous()).MoveToOuterDisposeScope();
    }

    private static Tensor Scaled(Tensor values) => values.div_(HalfRange).sub_(1);

    private static Tensor Rounded(Tensor images) => images.detach().to(ScalarType.Float32).add(1).mul_(HalfRange).round_().clamp_(0, 255);
}
