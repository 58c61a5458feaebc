using SkiaSharp;

namespace Veer.Studies.Reporting;

/// <summary>How a row of points becomes an image.</summary>
internal interface IImageDecoder
{
    /// <summary>In pixels.</summary>
    int Height { get; }

    /// <summary>In pixels.</summary>
    int Width { get; }

    /// <summary>The image of one row.</summary>
    SKImage Decode(ReadOnlySpan<float> row);
}

/// <summary>Rows that are images as they stand, bytes [H, W, C].</summary>
/// <param name="Height">In pixels.</param>
/// <param name="Width">In pixels.</param>
/// <param name="Channels">1 is grey, 3 is RGB.</param>
internal sealed record ByteDecoder(int Height, int Width, int Channels) : IImageDecoder
{
    /// <summary>The decoder of points [N, H, W, C].</summary>
    public static ByteDecoder Of(NumericArray images) => new(images.Shape[1], images.Shape[2], images.Shape[3]);

    public SKImage Decode(ReadOnlySpan<float> row)
    {
        if (Channels == 1) return Grey(row, Height, Width);
        byte[] bytes = new byte[4 * Height * Width];
        for (int pixel = 0; pixel < Height * Width; pixel++)
        {
            for (int channel = 0; channel < 3; channel++) bytes[4 * pixel + channel] = (byte)row[3 * pixel + channel];
            bytes[4 * pixel + 3] = byte.MaxValue;
        }
        return SKImage.FromPixelCopy(new SKImageInfo(Width, Height, SKColorType.Rgba8888, SKAlphaType.Opaque), bytes);
    }

    /// <summary>A grey image of numbers from 0 to 255; what lies beyond is cut off.</summary>
    public static SKImage Grey(ReadOnlySpan<float> pixels, int height, int width)
    {
        byte[] bytes = new byte[pixels.Length];
        for (int pixel = 0; pixel < bytes.Length; pixel++) bytes[pixel] = (byte)Math.Clamp(MathF.Round(pixels[pixel]), 0, byte.MaxValue);
        return SKImage.FromPixelCopy(new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque), bytes);
    }
}

/// <summary>samples/decoder.npz: pixels = mean [P] + point [D] · components [D, P], in [-1, 1].</summary>
internal sealed record ComponentDecoder(NumericArray Mean, NumericArray Components, int Height, int Width) : IImageDecoder
{
    /// <param name="path">The file.</param>
    /// <param name="dimensions">The number of components of a point.</param>
    /// <exception cref="InputException">Components, mean and shape do not fit each other or the points.</exception>
    public static ComponentDecoder Read(string path, int dimensions)
    {
        var file = new ArrayFile(path);
        var (mean, components, shape) = (file.Array("mean", 1), file.Array("components", 2), file.Array("shape", 1));
        if (shape.Rows != 2 || shape.Values.Any(side => !(side >= 1)) || (double)shape.Values[0] * shape.Values[1] != mean.Rows || components.Width != mean.Rows)
            throw file.Fault("shape", $"[{string.Join(", ", shape.Values.Select(side => side.ToString(Text.Invariant)))}]", $"height and width of {mean.Rows} pixels");
        if (components.Rows != dimensions) throw file.Fault("components", $"{components.Rows} rows", $"{dimensions}, one per dimension of real.npz");
        return new(mean, components, (int)shape.Values[0], (int)shape.Values[1]);
    }

    public SKImage Decode(ReadOnlySpan<float> row)
    {
        float[] pixels = [.. Mean.Values];
        for (int d = 0; d < row.Length; d++)
        {
            var component = Components.Row(d);
            for (int p = 0; p < pixels.Length; p++) pixels[p] += row[d] * component[p];
        }
        return ByteDecoder.Grey(Array.ConvertAll(pixels, pixel => 127.5f * (pixel + 1)), Height, Width);
    }
}
