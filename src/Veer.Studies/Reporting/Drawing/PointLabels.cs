using ScottPlot;
using SkiaSharp;

namespace Veer.Studies.Reporting.Drawing;

/// <summary>Writes labels beside points, each where it covers neither a point nor another label, and no line where that can be helped; one without such a place, or that could lie only along lines, is left out.</summary>
internal sealed class PointLabels
{
    private const float Size = 11, Distance = 7, PointRadius = 5, LineRadius = 2, LineStep = 5;

    // a line that crosses a label from over to under it covers it in as many places; one that runs along it in more
    private const int MostCrossed = 4;

    private readonly List<SKRect> points = [], lines = [];

    /// <summary>Reserves the places of points and of the line that joins them.</summary>
    public void KeepFree(IReadOnlyList<SKPoint> curve)
    {
        points.AddRange(curve.Select(point => Around(point, PointRadius)));
        foreach (var (start, end) in curve.Zip(curve.Skip(1)))
        {
            var way = end - start;
            int count = (int)(way.Length / LineStep);
            for (int i = 1; i < count; i++) lines.Add(Around(new(start.X + way.X * i / count, start.Y + way.Y * i / count), LineRadius));
        }
    }

    public void Draw(SKCanvas canvas, SKPoint point, string text, Color color)
    {
        using var font = FigureFont.Create(Size);
        float width = font.MeasureText(text);
        var free = Places(point, width).Where(place => !points.Any(place.IntersectsWith)).ToList();
        if (free.Count == 0) return;
        var (best, crossed) = free.Select(place => (place, Crossed: lines.Count(place.IntersectsWith))).MinBy(one => one.Crossed);
        if (crossed > MostCrossed) return;
        points.Add(best);
        using var paint = new SKPaint { IsAntialias = true, Color = color.Darken(0.2).ToSKColor() };
        canvas.DrawText(text, best.Left, best.Top + Size * 0.86f, SKTextAlign.Left, font, paint);
    }

    /// <summary>Beside, over, under and at the corners, the best first.</summary>
    private static IEnumerable<SKRect> Places(SKPoint point, float width)
    {
        float right = point.X + Distance, left = point.X - Distance - width, middle = point.X - width / 2;
        float above = point.Y - Distance - Size, below = point.Y + Distance, level = point.Y - Size / 2, half = Distance / 2;
        (float X, float Y)[] corners =
        [
            (right, level), (middle, above), (middle, below), (left, level),
            (right - half, above + half), (right - half, below - half), (left + half, above + half), (left + half, below - half),
        ];
        return corners.Select(corner => SKRect.Create(corner.X, corner.Y, width, Size));
    }

    private static SKRect Around(SKPoint point, float radius) => new(point.X - radius, point.Y - radius, point.X + radius, point.Y + radius);
}
