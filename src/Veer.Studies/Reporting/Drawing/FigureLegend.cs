using ScottPlot;
using SkiaSharp;

namespace Veer.Studies.Reporting.Drawing;

/// <summary>What stands for a series in the legend.</summary>
/// <param name="Width">In CSS pixels, with the room before the text.</param>
/// <param name="Draw">Draws it; the point is the middle of its left side.</param>
internal sealed record LegendKey(float Width, Action<SKCanvas, SKPoint> Draw)
{
    private const float Length = 22, MarkedDashesLength = 36, Room = 6, LineWidth = 2.5f;

    public static LegendKey Dot(Color color) => new(16, (canvas, place) => Mark(canvas, place + new SKSize(5, 0), MarkerShape.FilledCircle, color));

    public static LegendKey Star(Color color) => new(20, (canvas, place) => Drawn.Star(canvas, place + new SKSize(6, 0), color));

    public static LegendKey Line(Color color, MarkerShape marker = MarkerShape.None, bool dashed = false)
    {
        // Beside a marker, dashes need more room to be seen as such.
        float length = dashed && marker != MarkerShape.None ? MarkedDashesLength : Length;
        return new(length + Room, (canvas, place) =>
        {
            using var paint = new SKPaint { IsAntialias = true, StrokeWidth = LineWidth, Color = color.ToSKColor() };
            SKPoint end = new(place.X + length, place.Y);
            if (dashed) Drawn.Dash(canvas, [place, end], color, LineWidth);
            else canvas.DrawLine(place, end, paint);
            Mark(canvas, new(place.X + length / 2, place.Y), marker, color);
        });
    }

    /// <summary>A ramp from paper to a colour.</summary>
    public static LegendKey Ramp(Color color) => new(Length + Room, (canvas, place) =>
    {
        var box = SKRect.Create(place.X, place.Y - 5, Length, 10);
        using var shader = SKShader.CreateLinearGradient(new(box.Left, 0), new(box.Right, 0), [ReportPalette.Paper.ToSKColor(), color.ToSKColor()], SKShaderTileMode.Clamp);
        using var paint = new SKPaint { IsAntialias = true, Shader = shader };
        canvas.DrawRect(box, paint);
    });

    private static void Mark(SKCanvas canvas, SKPoint place, MarkerShape shape, Color color)
    {
        using var paint = Paint.NewDisposablePaint();
        new MarkerStyle(shape, 10, color).Render(canvas, new Pixel(place.X, place.Y), paint);
    }
}

/// <summary>The legend over a figure's panels, in as many lines as its entries need.</summary>
internal sealed class FigureLegend
{
    private const float TextSize = 13, LineHeight = 22, FirstLine = 14, Below = 8, Between = 22;

    private readonly List<(string Text, LegendKey Key)> entries = [];
    private SKPoint[] places = [];

    public void Add(string text, LegendKey key) => entries.Add((text, key));

    /// <summary>Gives every entry its place.</summary>
    /// <returns>The height of all lines, in CSS pixels; 0 without entries.</returns>
    public int Arrange(float left, float width)
    {
        using var font = FigureFont.Create(TextSize);
        float x = left, y = FirstLine;
        places = [.. entries.Select(entry =>
        {
            float size = entry.Key.Width + font.MeasureText(entry.Text);
            if (x > left && x + size > width) (x, y) = (left, y + LineHeight);
            x += size + Between;
            return new SKPoint(x - size - Between, y);
        })];
        return entries.Count == 0 ? 0 : (int)(y + FirstLine + Below);
    }

    public void Draw(SKCanvas canvas)
    {
        using var font = FigureFont.Create(TextSize);
        using var ink = new SKPaint { IsAntialias = true, Color = ReportPalette.Ink.ToSKColor() };
        foreach (var ((text, key), place) in entries.Zip(places))
        {
            key.Draw(canvas, place);
            canvas.DrawText(text, place.X + key.Width, place.Y + TextSize * 0.36f, SKTextAlign.Left, font, ink);
        }
    }
}
