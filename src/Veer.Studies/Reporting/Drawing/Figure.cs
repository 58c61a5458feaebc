using System.Text;
using System.Text.RegularExpressions;
using SkiaSharp;

namespace Veer.Studies.Reporting.Drawing;

/// <summary>One figure of the report: drawn once as vectors for .svg and once as pixels for .png.</summary>
/// <param name="Name">Its file name, without extension.</param>
/// <param name="Title">The heading over it.</param>
/// <param name="Caption">One or two sentences under it: what to see.</param>
/// <param name="AlternativeText">What it shows, for those who cannot see it.</param>
/// <param name="Width">In CSS pixels.</param>
/// <param name="Height">In CSS pixels.</param>
/// <param name="Draw">Draws it on a canvas of that size.</param>
internal sealed partial record Figure(string Name, string Title, string Caption, string AlternativeText, int Width, int Height, Action<SKCanvas> Draw)
{
    /// <summary>The longest side that encoders take, in pixels.</summary>
    private const float LongestSide = 16_000;

    private const int PngLevel = 4;

    /// <summary>Photographs must keep their colours on a dark page; charts are inverted there.</summary>
    public bool IsPhotograph { get; init; }

    /// <summary>The figure in pixels.</summary>
    /// <param name="density">Pixels per CSS pixel; 2 is sharp on dense displays.</param>
    public SKImage Paint(float density = 2)
    {
        density = Math.Min(density, LongestSide / Math.Max(Width, Height));
        var info = new SKImageInfo((int)(Width * density), (int)(Height * density), SKImageInfo.PlatformColorType, SKAlphaType.Opaque);
        using var surface = SKSurface.Create(info);
        surface.Canvas.Clear(ReportPalette.Paper.ToSKColor());
        surface.Canvas.Scale(density);
        Draw(surface.Canvas);
        return surface.Snapshot();
    }

    /// <summary>Pixels without loss: half the time of the encoder's own choice, and no larger.</summary>
    public byte[] ToPng(SKImage pixels)
    {
        using var map = pixels.PeekPixels();
        using var data = map.Encode(new SKPngEncoderOptions(IsPhotograph ? SKPngEncoderFilterFlags.Paeth : SKPngEncoderFilterFlags.None, PngLevel));
        return data!.ToArray();
    }

    /// <summary>The figure in vectors, as the drawing library writes them.</summary>
    public byte[] DrawVectors()
    {
        using var stream = new MemoryStream();
        using (var canvas = SKSvgCanvas.Create(SKRect.Create(Width, Height), stream))
        {
            using var paper = new SKPaint { Color = ReportPalette.Paper.ToSKColor() };
            canvas.DrawRect(0, 0, Width, Height, paper);
            Draw(canvas);
        }
        return stream.ToArray();
    }

    /// <summary>Vectors made fit for a file.</summary>
    public static byte[] ToSvg(byte[] vectors)
    {
        // A viewer without the font falls back to its own sans serif instead of a serif.
        string text = FontFamily().Replace(
            Encoding.UTF8.GetString(vectors),
            $"font-family=\"{FigureFont.Family}, system-ui, Helvetica, Arial, sans-serif\"");
        // Skia numbers clips and images over the life of the process: number them over the file, so that equal figures are equal files.
        var numbers = new Dictionary<string, int>();
        return Encoding.UTF8.GetBytes(Identifier().Replace(text, match =>
        {
            if (!numbers.TryGetValue(match.Value, out int number)) numbers.Add(match.Value, number = numbers.Count);
            return match.Groups["kind"].Value + number.ToString(Text.Invariant);
        }));
    }

    [GeneratedRegex("font-family=\"[^\"]*\"")]
    private static partial Regex FontFamily();

    [GeneratedRegex(@"(?<=(id=""|url\(#|href=""#))(?<kind>[a-z]+_)[0-9a-f]+")]
    private static partial Regex Identifier();
}
