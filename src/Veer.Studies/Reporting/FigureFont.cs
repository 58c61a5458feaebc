using ScottPlot;
using SkiaSharp;

namespace Veer.Studies.Reporting;

/// <summary>The font of every figure, read from the assembly, so that figures have text where no font is installed.</summary>
internal sealed class FigureFont : IFontResolver
{
    public const string Family = "Inter";

    private static readonly FigureFont Instance = Install();

    private FigureFont()
    {
    }

    public static SKTypeface Regular { get; } = Load("Inter-Regular.otf");

    public static SKTypeface SemiBold { get; } = Load("Inter-SemiBold.otf");

    /// <summary>Makes a plot write all its text in this font.</summary>
    public static void Apply(Plot plot)
    {
        ArgumentNullException.ThrowIfNull(Instance);
        plot.Font.Set(Family);
    }

    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
        CreateTypeface(fontName, weight >= FontWeight.SemiBold, italic: false);

    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) =>
        fontName == Family ? bold ? SemiBold : Regular : null;

    // First in line: a system font of the same name must not take its place.
    private static FigureFont Install()
    {
        var resolver = new FigureFont();
        Fonts.FontResolvers.Insert(0, resolver);
        return resolver;
    }

    private static SKTypeface Load(string name)
    {
        using var stream = typeof(FigureFont).Assembly.GetManifestResourceStream(name)!;
        return SKTypeface.FromStream(stream);
    }
}
