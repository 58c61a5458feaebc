using ScottPlot;
using SkiaSharp;

namespace Veer.Studies.Reporting;

/// <summary>What stands for a series in the legend.</summary>
internal enum LegendKey
{
    /// <summary>A marker alone.</summary>
    Dot,
    Line,
    Dashes,

    /// <summary>A star, the floor.</summary>
    Star,

    /// <summary>A ramp from paper to the entry's colour.</summary>
    Ramp,
}

/// <summary>The legend over a figure's panels, in as many lines as its entries need.</summary>
internal sealed class FigureLegend
{
    private const float TextSize = 13, LineHeight = 22, FirstLine = 14, Below = 8, KeyWidth = 22, MarkedDashesWidth = 36, Between = 22;

    private readonly List<(string Text, Color Color, LegendKey Key, MarkerShape Marker)> entries = [];
    private List<SKPoint> places = [];

    public void Add(string text, Color color, LegendKey key, MarkerShape marker) => entries.Add((text, color, key, marker));

    /// <summary>Gives every entry its place.</summary>
    /// <returns>The height of all lines, in CSS pixels; 0 without entries.</returns>
    public int Arrange(float left, float width)
    {
        places = [];
        if (entries.Count == 0) return 0;
        using var font = Font();
        float x = left, y = FirstLine;
        foreach (var entry in entries)
        {
            float size = KeySize(entry.Key, entry.Marker) + font.MeasureText(entry.Text);
            if (x > left && x + size > width) (x, y) = (left, y + LineHeight);
            places.Add(new SKPoint(x, y));
            x += size + Between;
        }
        return (int)(y + FirstLine + Below);
    }

    public void Draw(SKCanvas canvas)
    {
        using var font = Font();
        using var ink = new SKPaint { IsAntialias = true, Color = Palette.Ink.ToSKColor() };
        foreach (var (entry, place) in entries.Zip(places))
        {
            DrawKey(canvas, place, entry.Color, entry.Key, entry.Marker);
            canvas.DrawText(entry.Text, place.X + KeySize(entry.Key, entry.Marker), place.Y + TextSize * 0.36f, SKTextAlign.Left, font, ink);
        }
    }

    private static float KeySize(LegendKey key, MarkerShape marker) => key switch
    {
        LegendKey.Dot => 16,
        LegendKey.Star => 20,
        _ => LineWidth(key, marker) + 6,
    };

    /// <summary>Beside a marker, dashes need more room to be seen as such.</summary>
    private static float LineWidth(LegendKey key, MarkerShape marker) => key == LegendKey.Dashes && marker != MarkerShape.None ? MarkedDashesWidth : KeyWidth;

    private static SKFont Font() => new(FigureFont.Regular, TextSize) { Subpixel = true };

    private static void DrawKey(SKCanvas canvas, SKPoint place, Color color, LegendKey key, MarkerShape marker)
    {
        using var paint = new SKPaint { IsAntialias = true, StrokeWidth = 2.5f, Color = color.ToSKColor() };
        if (key == LegendKey.Ramp)
        {
            var box = SKRect.Create(place.X, place.Y - 5, KeyWidth, 10);
            using var shader = SKShader.CreateLinearGradient(
                new(box.Left, 0), new(box.Right, 0), [Palette.Paper.ToSKColor(), color.ToSKColor()], SKShaderTileMode.Clamp);
            paint.Shader = shader;
            canvas.DrawRect(box, paint);
            return;
        }
        if (key == LegendKey.Star)
        {
            Star.Draw(canvas, new SKPoint(place.X + 6, place.Y), color);
            return;
        }
        float width = LineWidth(key, marker);
        if (key == LegendKey.Dashes)
        {
            using var path = new SKPath();
            path.MoveTo(place);
            path.LineTo(place.X + width, place.Y);
            Drawn.Dash(canvas, path, color, 2.5f);
        }
        else if (key == LegendKey.Line) canvas.DrawLine(place.X, place.Y, place.X + width, place.Y, paint);
        if (key == LegendKey.Dot && marker == MarkerShape.None) marker = MarkerShape.FilledCircle;
        if (marker == MarkerShape.None) return;
        float x = key == LegendKey.Dot ? place.X + 5 : place.X + width / 2;
        using var scottPaint = Paint.NewDisposablePaint();
        new MarkerStyle(marker, 10, color).Render(canvas, new Pixel(x, place.Y), scottPaint);
    }
}
