using ScottPlot;
using SkiaSharp;

namespace Veer.Studies.Reporting;

/// <summary>Something that a figure draws itself in a panel's coordinates: pictures, many segments at once, marks with text.</summary>
/// <param name="draw">Draws on a canvas; the function gives the place of a coordinate in pixels.</param>
internal sealed class Drawn(Action<SKCanvas, Func<double, double, SKPoint>> draw) : IPlottable
{
    private const int DotLayers = 16;

    public bool IsVisible { get; set; } = true;

    public IAxes Axes { get; set; } = new Axes();

    public IEnumerable<LegendItem> LegendItems => LegendItem.None;

    // Axes are always set by hand.
    public AxisLimits GetAxisLimits() => AxisLimits.NoLimits;

    public void Render(RenderPack rp)
    {
        // Where a plot only takes its layout.
        if (rp.Canvas is SKNoDrawCanvas) return;
        draw(rp.Canvas, (x, y) =>
        {
            var pixel = Axes.GetPixel(new Coordinates(x, y));
            return new SKPoint(pixel.X, pixel.Y);
        });
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
            var dots = Array.ConvertAll(layer, point => place(point.X, point.Y));
            if (pixels) canvas.DrawPoints(SKPointMode.Points, dots, paint);
            else canvas.DrawPoints(SKPointMode.Lines, [.. dots.SelectMany(dot => (SKPoint[])[dot, new(dot.X + 0.01f, dot.Y)])], paint);
        }
    });

    /// <summary>Straight segments in one stroke.</summary>
    public static Drawn Segments(IEnumerable<(Coordinates Start, Coordinates End)> segments, Color color, float width)
    {
        var drawn = segments.ToList();
        return new Drawn((canvas, place) =>
        {
            using var path = new SKPath();
            foreach (var (start, end) in drawn)
            {
                path.MoveTo(place(start.X, start.Y));
                path.LineTo(place(end.X, end.Y));
            }
            using var paint = new SKPaint
            {
                IsAntialias = true,
                Style = SKPaintStyle.Stroke,
                StrokeWidth = width,
                StrokeCap = SKStrokeCap.Round,
                Color = color.ToSKColor(),
            };
            canvas.DrawPath(path, paint);
        });
    }

    /// <summary>A dashed line through points.</summary>
    public static Drawn Dashes(IReadOnlyList<Coordinates> points, Color color, float width) => new((canvas, place) =>
    {
        using var path = new SKPath();
        path.AddPoly([.. points.Select(point => place(point.X, point.Y))], close: false);
        Dash(canvas, path, color, width);
    });

    /// <summary>Dashes along a path, as filled shapes: Skia's vector files know no dashes.</summary>
    public static void Dash(SKCanvas canvas, SKPath path, Color color, float width)
    {
        using var pattern = SKPathEffect.CreateDash([6, 4], 0);
        using var stroke = new SKPaint { Style = SKPaintStyle.Stroke, StrokeWidth = width, PathEffect = pattern };
        using var dashes = stroke.GetFillPath(path);
        using var paint = new SKPaint { IsAntialias = true, Color = color.ToSKColor() };
        canvas.DrawPath(dashes, paint);
    }
}
