using ScottPlot;
using SkiaSharp;

namespace Veer.Studies.Reporting.Drawing;

/// <summary>One series of a chart.</summary>
/// <param name="Points">Its points, from left to right.</param>
/// <param name="Color">Of line and markers.</param>
/// <param name="Width">Of the line, in CSS pixels.</param>
/// <param name="Marker">The markers' shape, or none.</param>
/// <param name="IsDashed">Whether the line is dashed.</param>
/// <param name="MarkerSize">In CSS pixels.</param>
internal sealed record Series(Coordinates[] Points, Color Color, float Width, MarkerShape Marker = MarkerShape.None, bool IsDashed = false, float MarkerSize = 8)
{
    public void AddTo(Plot panel)
    {
        if (Points.Length == 0) return;
        if (IsDashed) panel.Add.Plottable(Drawn.Dashes(Points, Color, Width));
        var drawn = panel.Add.Scatter(Points, Color);
        (drawn.LineWidth, drawn.MarkerShape, drawn.MarkerSize) = (IsDashed ? 0 : Width, Marker, MarkerSize);
    }
}

/// <summary>Something that a figure draws itself in a panel's coordinates.</summary>
/// <param name="draw">Draws on a canvas; the function gives the place of a coordinate in pixels.</param>
internal sealed class Drawn(Action<SKCanvas, Func<Coordinates, SKPoint>> draw) : IPlottable
{
    private const int DotLayers = 16, StarTips = 5;
    private const float StarRadius = 9, StarInnerShare = 0.42f;

    public bool IsVisible { get; set; } = true;

    public IAxes Axes { get; set; } = new Axes();

    public IEnumerable<LegendItem> LegendItems => LegendItem.None;

    // Axes are always set by hand.
    public AxisLimits GetAxisLimits() => AxisLimits.NoLimits;

    public void Render(RenderPack rp)
    {
        // Where a plot only takes its layout.
        if (rp.Canvas is not SKNoDrawCanvas) draw(rp.Canvas, place => Axes.GetPixel(place).ToSKPoint());
    }

    /// <summary>Round dots, many thousands at once.</summary>
    /// <param name="points">Their middles.</param>
    /// <param name="size">Their width in CSS pixels.</param>
    /// <param name="color">Where dots lie over each other it grows denser.</param>
    public static Drawn Dots(Coordinates[] points, float size, Color color) => new((canvas, place) =>
    {
        using var paint = new SKPaint { IsAntialias = true, StrokeWidth = size, StrokeCap = SKStrokeCap.Round, Color = color.ToSKColor() };
        // Vectors leave out dots, so that they get short lines, and make one path of every call, within which nothing adds up.
        bool pixels = canvas.Surface is not null;
        foreach (var layer in points.Chunk(Math.Max(points.Length / DotLayers, 1)))
        {
            var dots = Array.ConvertAll(layer, point => place(point));
            if (pixels) canvas.DrawPoints(SKPointMode.Points, dots, paint);
            else canvas.DrawPoints(SKPointMode.Lines, [.. dots.SelectMany(dot => (SKPoint[])[dot, new(dot.X + 0.01f, dot.Y)])], paint);
        }
    });

    /// <summary>A dashed line through points.</summary>
    public static Drawn Dashes(Coordinates[] points, Color color, float width) => new((canvas, place) => Dash(canvas, Array.ConvertAll(points, point => place(point)), color, width));

    /// <summary>Dashes along a line, as filled shapes: Skia's vector files know no dashes.</summary>
    public static void Dash(SKCanvas canvas, SKPoint[] points, Color color, float width)
    {
        using var path = new SKPath();
        path.AddPoly(points, close: false);
        using var pattern = SKPathEffect.CreateDash([6, 4], 0);
        using var stroke = new SKPaint { Style = SKPaintStyle.Stroke, StrokeWidth = width, PathEffect = pattern };
        using var dashes = stroke.GetFillPath(path);
        using var paint = new SKPaint { IsAntialias = true, Color = color.ToSKColor() };
        canvas.DrawPath(dashes, paint);
    }

    /// <summary>A five-pointed star: where a second real sample stands.</summary>
    public static void Star(SKCanvas canvas, SKPoint center, Color color)
    {
        using var path = new SKPath();
        path.AddPoly([.. Enumerable.Range(0, 2 * StarTips).Select(tip =>
        {
            float radius = tip % 2 == 0 ? StarRadius : StarRadius * StarInnerShare;
            var (sin, cos) = MathF.SinCos(MathF.PI * tip / StarTips - MathF.PI / 2);
            return new SKPoint(center.X + radius * cos, center.Y + radius * sin);
        })]);
        using var paint = new SKPaint { IsAntialias = true, Color = color.ToSKColor() };
        canvas.DrawPath(path, paint);
    }
}
