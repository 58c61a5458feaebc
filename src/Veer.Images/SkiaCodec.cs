using System.Buffers;
using SkiaSharp;
using Veer.Data;

namespace Veer.Images;

/// <summary>Decodes PNG and JPEG, and encodes PNG, by SkiaSharp.</summary>
internal sealed class SkiaCodec : IImageCodec
{
    private const int RgbaBytes = 4;

    public void Decode(ReadOnlySpan<byte> image, ImageShape shape, Span<byte> pixels)
    {
        int count = shape.Width * shape.Height;
        var decoded = ArrayPool<byte>.Shared.Rent(count * RgbaBytes);
        try
        {
            using var data = SKData.CreateCopy(image);
            using var codec = SKCodec.Create(data) ?? throw new InvalidDataException("");
            bool opaque = codec.Info.AlphaType == SKAlphaType.Opaque, grey = opaque && shape.Channels == 1;
            var info = new SKImageInfo(shape.Width, shape.Height, grey ? SKColorType.Gray8 : SKColorType.Rgba8888, opaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul);
            var result = Decode(codec, info, decoded);
            if (result != SKCodecResult.Success) throw new InvalidDataException($"{result}");
            if (grey)
            {
                decoded.AsSpan(0, count).CopyTo(pixels);
                return;
            }
            for (int i = 0; i < count; i++)
            {
                if (decoded[RgbaBytes * i + 3] != byte.MaxValue) throw new NotSupportedException($"pixel {i} is not opaque");
                decoded.AsSpan(RgbaBytes * i, shape.Channels).CopyTo(pixels[(shape.Channels * i)..]);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(decoded);
        }
    }

    public byte[] Encode(ImageShape shape, ReadOnlySpan<byte> pixels)
    {
        using var image = SkiaPixels.ToImage(shape, pixels);
        using var png = image.Encode(SKEncodedImageFormat.Png, quality: 100);
        return png.ToArray();
    }

    private static unsafe SKCodecResult Decode(SKCodec codec, SKImageInfo info, byte[] pixels)
    {
        fixed (byte* start = pixels) return codec.GetPixels(info, (nint)start);
    }
}
