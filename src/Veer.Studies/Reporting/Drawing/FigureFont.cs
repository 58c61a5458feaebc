using ScottPlot;
using SkiaSharp;

namespace Veer.Studies.Reporting.Drawing;

/// <summary>The font of every figure, read from the assembly, so that figures have text where no font is installed.</summary>
internal sealed class FigureFont : IFontResolver
{
    public const string Family = "Inter";

    // First in line: a system font of the same name must not take its place.
    static FigureFont() => Fonts.FontResolvers.Insert(0, new FigureFont());

    private FigureFont()
    {
    }

    public static SKTypeface Regular { get; } = Load("Inter-Regular.otf");

    public static SKTypeface SemiBold { get; } = Load("Inter-SemiBold.otf");

    /// <summary>The font in a size of CSS pixels.</summary>
    public static SKFont Create(float size, bool bold = false) => new(bold ? SemiBold : Regular, size) { Subpixel = true };

    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
        CreateTypeface(fontName, weight >= FontWeight.SemiBold, italic: false);

    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) =>
        fontName == Family ? bold ? SemiBold : Regular : null;

    private static SKTypeface Load(string name) => SKTypeface.FromStream(typeof(FigureFont).Assembly.GetManifestResourceStream(name)!);
}
