using System.Text;
using System.Text.RegularExpressions;
using SkiaSharp;

namespace Veer.Studies.Reporting;

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
    /// <summary>Pixels per CSS pixel: sharp on dense displays.</summary>
    private const float FullDensity = 2;

    private const int WebpQuality = 82;

    /// <summary>Photographs must keep their colours on a dark page; charts are inverted there.</summary>
    public bool IsPhotograph { get; init; }

    /// <summary>Without loss.</summary>
    public byte[] ToPng() => ToPixels(FullDensity, SKEncodedImageFormat.Png, 100);

    /// <summary>A third of the size or less, with a loss that eyes do not see at full density.</summary>
    /// <param name="density">Pixels per CSS pixel; 2 is sharp on dense displays.</param>
    public byte[] ToWebp(float density = FullDensity) => ToPixels(density, SKEncodedImageFormat.Webp, WebpQuality);

    private byte[] ToPixels(float density, SKEncodedImageFormat format, int quality)
    {
        var info = new SKImageInfo((int)(Width * density), (int)(Height * density), SKImageInfo.PlatformColorType, SKAlphaType.Opaque);
        using var surface = SKSurface.Create(info);
        surface.Canvas.Clear(Palette.Paper.ToSKColor());
        surface.Canvas.Scale(density);
        Draw(surface.Canvas);
        using var image = surface.Snapshot();
        using var data = image.Encode(format, quality);
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
        string text = FontFamily().Replace(
            Encoding.UTF8.GetString(stream.ToArray()),
            $"font-family=\"{FigureFont.Family}, system-ui, Helvetica, Arial, sans-serif\"");
        // Skia numbers clips and images over the life of the process: number them over the file, so that equal figures are equal files.
        var numbers = new Dictionary<string, int>();
        return Encoding.UTF8.GetBytes(Identifier().Replace(text, match =>
        {
            if (!numbers.TryGetValue(match.Value, out int number)) numbers.Add(match.Value, number = numbers.Count);
            return match.Groups["kind"].Value + number.ToString(Reporting.Text.Invariant);
        }));
    }

    [GeneratedRegex("font-family=\"[^\"]*\"")]
    private static partial Regex FontFamily();

    [GeneratedRegex(@"(?<=(id=""|url\(#|href=""#))(?<kind>[a-z]+_)[0-9a-f]+")]
    private static partial Regex Identifier();
}
