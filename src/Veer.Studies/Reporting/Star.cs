using ScottPlot;
using SkiaSharp;

namespace Veer.Studies.Reporting;

/// <summary>A five-pointed star: where a second real sample stands.</summary>
internal static class Star
{
    private const int Tips = 5;
    private const float Radius = 9, InnerShare = 0.42f;

    public static void Draw(SKCanvas canvas, SKPoint center, Color color)
    {
        using var path = new SKPath();
        for (int i = 0; i < 2 * Tips; i++)
        {
            float radius = i % 2 == 0 ? Radius : Radius * InnerShare;
            var (sin, cos) = MathF.SinCos(MathF.PI * i / Tips - MathF.PI / 2);
            var tip = new SKPoint(center.X + radius * cos, center.Y + radius * sin);
            if (i == 0) path.MoveTo(tip);
            else path.LineTo(tip);
        }
        path.Close();
        using var paint = new SKPaint { IsAntialias = true, Color = color.ToSKColor() };
        canvas.DrawPath(path, paint);
    }
}
