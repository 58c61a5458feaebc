using SkiaSharp;

namespace Veer.Tests.Formats;

/// <summary>Makes small JPEG files.</summary>
internal static class JpegFile
{
    /// <summary>An image of one colour, or of one grey.</summary>
    public static byte[] Flat(int height, int width, params byte[] colour)
    {
        var info = new SKImageInfo(width, height, colour.Length == 1 ? SKColorType.Gray8 : SKColorType.Rgba8888, SKAlphaType.Opaque);
        byte[] pixel = colour.Length == 1 ? colour : [.. colour, byte.MaxValue];
        using var image = SKImage.FromPixelCopy(info, [.. Enumerable.Repeat(pixel, height * width).SelectMany(bytes => bytes)]);
        using var data = image.Encode(SKEncodedImageFormat.Jpeg, 95);
        return data.ToArray();
    }

    /// <summary>Only the start of a JPEG: an application segment, then a frame header that says these things.</summary>
    public static byte[] Header(int precision, int height, int width, int channels) =>
        [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xFF, 0xC0, 0, 8, (byte)precision, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, (byte)channels, 0];
}
