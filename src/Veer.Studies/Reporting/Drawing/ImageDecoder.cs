using SkiaSharp;
using Veer.Studies.Runs;

namespace Veer.Studies.Reporting.Drawing;

/// <summary>How a row of points becomes an image: rows are bytes [H, W, C] as they stand, or principal components of grey images.</summary>
/// <param name="Height">In pixels.</param>
/// <param name="Width">In pixels.</param>
/// <param name="Channels">1 is grey, 3 is RGB.</param>
/// <param name="Components">Where rows are components.</param>
internal sealed record ImageDecoder(int Height, int Width, int Channels, PixelComponents? Components = null)
{
    /// <summary>The decoder of a run's points; null where they are no images.</summary>
    public static ImageDecoder? Create(RunFolder run, RealSet real) => real.IsImages ? new(real.Points.Shape[1], real.Points.Shape[2], real.Points.Shape[3])
        : run.Decoder(real) is { } components ? new(components.Height, components.Width, 1, components) : null;

    public SKImage Decode(ReadOnlySpan<float> row)
    {
        float[] pixels = Components?.Decode(row) ?? row.ToArray();
        // what lies beyond a byte is cut off
        byte[] bytes = Array.ConvertAll(pixels, pixel => (byte)Math.Clamp(MathF.Round(pixel), 0, byte.MaxValue));
        if (Channels == 1) return SKImage.FromPixelCopy(new SKImageInfo(Width, Height, SKColorType.Gray8, SKAlphaType.Opaque), bytes);
        return SKImage.FromPixelCopy(new SKImageInfo(Width, Height, SKColorType.Rgba8888, SKAlphaType.Opaque), [.. bytes.Chunk(3).SelectMany(rgb => rgb.Append(byte.MaxValue))]);
    }
}
