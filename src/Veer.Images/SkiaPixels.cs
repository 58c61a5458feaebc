using SkiaSharp;
using Veer.Data;

namespace Veer.Images;

/// <summary>Bytes of an image as SkiaSharp takes them.</summary>
internal static class SkiaPixels
{
    private const int RgbaBytes = 4;

    /// <summary>A copy of an image of [height, width, channels] bytes.</summary>
    public static SKImage ToImage(ImageShape shape, ReadOnlySpan<byte> pixels)
    {
        if (shape.Channels == 1)
            return SKImage.FromPixelCopy(new SKImageInfo(shape.Width, shape.Height, SKColorType.Gray8, SKAlphaType.Opaque), pixels);
        var rgba = new byte[RgbaBytes * shape.Width * shape.Height];
        for (int i = 0; i < shape.Width * shape.Height; i++)
        {
            pixels.Slice(shape.Channels * i, shape.Channels).CopyTo(rgba.AsSpan(RgbaBytes * i));
            rgba[RgbaBytes * i + shape.Channels] = byte.MaxValue;
        }
        return SKImage.FromPixelCopy(new SKImageInfo(shape.Width, shape.Height, SKColorType.Rgba8888, SKAlphaType.Opaque), rgba);
    }
}
