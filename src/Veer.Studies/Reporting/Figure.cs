using System.Text;
using SkiaSharp;

namespace Veer.Studies.Reporting;

/// <summary>One figure of the report: drawn once as vectors for .svg and once as pixels for .png.</summary>
/// <param name="Name">Its file name, without extension.</param>
/// <param name="Caption">One or two sentences under it: what to see.</param>
/// <param name="AlternativeText">What it shows, for those who cannot see it.</param>
/// <param name="Width">In CSS pixels.</param>
/// <param name="Height">In CSS pixels.</param>
/// <param name="Draw">Draws it on a canvas of that size.</param>
internal sealed record Figure(string Name, string Caption, string AlternativeText, int Width, int Height, Action<SKCanvas> Draw)
{
    /// <summary>Photographs must keep their colours on a dark page; charts are inverted there.</summary>
    public bool IsPhotograph { get; init; }

    /// <summary>Pixels per CSS pixel in the .png: sharp on dense displays.</summary>
    private const int Density = 2;

    public byte[] ToPng()
    {
        using var surface = SKSurface.Create(new SKImageInfo(Width * Density, Height * Density));
        surface.Canvas.Clear(Palette.Paper.ToSKColor());
        surface.Canvas.Scale(Density);
        Draw(surface.Canvas);
        using var image = surface.Snapshot();
        using var data = image.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    public byte[] ToSvg()
    {
        using var stream = new MemoryStream();
        using (var canvas = SKSvgCanvas.Create(SKRect.Create(Width, Height), stream))
        {
            using var paper = new SKPaint { Color = Palette.Paper.ToSKColor() };
            canvas.DrawRect(0, 0, Width, Height, paper);
            Draw(canvas);
        }
        // A viewer without the font falls back to its own sans serif instead of a serif.
        return Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(stream.ToArray())
            .Replace($"font-family=\"{FigureFont.Family}\"", $"font-family=\"{FigureFont.Family}, system-ui, Helvetica, Arial, sans-serif\"", StringComparison.Ordinal));
    }
}
