using System.Buffers;
using SkiaSharp;

namespace Veer.Formats;

/// <summary>Decodes PNG and JPEG to the bytes that they hold: no colour management, no turning, no scaling.</summary>
internal static class EncodedImage
{
    private const int RgbaBytes = 4;

    /// <summary>Decodes an image.</summary>
    /// <param name="image">The whole file.</param>
    /// <param name="header">What <see cref="ImageHeader.Read"/> found in it.</param>
    /// <param name="pixels">Receives [height, width, channels] bytes.</param>
    /// <param name="place">For errors.</param>
    public static void Decode(ReadOnlySpan<byte> image, ImageHeader header, Span<byte> pixels, InputPlace place)
    {
        int count = header.Width * header.Height;
        bool grey = header.Channels == 1;
        var info = new SKImageInfo(header.Width, header.Height, grey ? SKColorType.Gray8 : SKColorType.Rgba8888, SKAlphaType.Opaque);
        var decoded = ArrayPool<byte>.Shared.Rent(count * RgbaBytes);
        try
        {
            using var data = SKData.CreateCopy(image);
            using var codec = SKCodec.Create(data) ?? throw place.Fault("a damaged image", "a whole PNG or JPEG");
            var result = Decode(codec, info, decoded);
            if (result != SKCodecResult.Success) throw place.Fault($"a damaged image ({result})", "a whole PNG or JPEG");
            if (grey)
            {
                decoded.AsSpan(0, count).CopyTo(pixels);
                return;
            }
            for (int i = 0; i < count; i++) decoded.AsSpan(RgbaBytes * i, header.Channels).CopyTo(pixels[(header.Channels * i)..]);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(decoded);
        }
    }

    private static unsafe SKCodecResult Decode(SKCodec codec, SKImageInfo info, byte[] pixels)
    {
        fixed (byte* start = pixels) return codec.GetPixels(info, (nint)start);
    }
}
