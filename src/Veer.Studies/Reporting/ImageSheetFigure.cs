using SkiaSharp;

namespace Veer.Studies.Reporting;

/// <summary>Samples as images: a column per sample, a row per stage, the nearest real image under it.</summary>
internal static class ImageSheetFigure
{
    private const int Width = 1120, Gutter = 132, Header = 28, Gap = 2, MostColumns = 20;

    public static IReadOnlyList<string> Lead { get; } =
    [
        "Points are principal components of images; here they are images again. Each column is one sample on its way, and under it the held-out real image "
        + "nearest to the row above. They are the first samples of every class, not chosen by eye; the number on top is the class that was asked for.",
    ];

    private const int MostPostprocessed = 3;

    public static Figure Create(RealSet real, SampleSet all, ImageDecoder decoder)
    {
        var samples = all.WithAtMost(MostPostprocessed);
        int[] columns = Choose(samples.Labels);
        var last = samples.Stages[^1].Points;
        var rows = samples.Stages
            .Select(stage => (Name: Text.Capitalize(stage.Stage), Images: columns.Select(row => Image(decoder, stage.Points.Row(row))).ToArray()))
            .Append(("Nearest real", [.. columns.Select(row => Image(decoder, real.Points.Row(Nearest(real.Points, last.Row(row)))))]))
            .ToList();
        float tile = (Width - Gutter) / (float)columns.Length - Gap;
        float tileHeight = tile * decoder.Height / decoder.Width;
        string scale = Text.Scale(samples.Scale);
        return new Figure(
            $"images-{samples.Guidance}-w{scale}",
            $"{Text.Capitalize(samples.Guidance)} guidance, w = {scale}",
            $"The same {columns.Length} samples {Text.Enumerate([.. samples.Stages.Select(stage => stage.Stage)])}, and the real image nearest to each.",
            $"Sheet of {columns.Length} samples at guidance scale {scale} by stage, with the nearest real image of each.",
            Width, (int)(Header + rows.Count * (tileHeight + Gap)),
            canvas => DrawSheet(canvas, rows, [.. columns.Select(row => samples.Labels[row])], tile, tileHeight))
        { IsPhotograph = true };
    }

    /// <summary>The first samples of each class, equally many, class by class.</summary>
    private static int[] Choose(int[] labels)
    {
        var groups = labels.Select((label, row) => (label, row)).GroupBy(entry => entry.label, entry => entry.row).OrderBy(group => group.Key).ToList();
        int each = Math.Max(1, MostColumns / Math.Max(1, groups.Count));
        return [.. groups.SelectMany(group => group.Take(each)).Take(MostColumns)];
    }

    private static int Nearest(NumericArray points, ReadOnlySpan<float> query)
    {
        int nearest = 0;
        float smallest = float.PositiveInfinity;
        for (int i = 0; i < points.Rows; i++)
        {
            float distance = 0;
            for (int d = 0; d < query.Length; d++) distance += (points[i, d] - query[d]) * (points[i, d] - query[d]);
            if (distance < smallest) (nearest, smallest) = (i, distance);
        }
        return nearest;
    }

    private static SKImage Image(ImageDecoder decoder, ReadOnlySpan<float> point)
    {
        byte[] bytes = [.. decoder.Decode(point).Select(pixel => (byte)Math.Clamp(MathF.Round(127.5f * (pixel + 1)), 0, 255))];
        return SKImage.FromPixelCopy(new SKImageInfo(decoder.Width, decoder.Height, SKColorType.Gray8, SKAlphaType.Opaque), bytes);
    }

    private static void DrawSheet(SKCanvas canvas, List<(string Name, SKImage[] Images)> rows, int[] labels, float tile, float tileHeight)
    {
        using var font = new SKFont(FigureFont.Regular, 14) { Subpixel = true };
        using var bold = new SKFont(FigureFont.SemiBold, 14) { Subpixel = true };
        using var paint = new SKPaint { IsAntialias = true, Color = Palette.Ink.ToSKColor() };
        for (int column = 0; column < labels.Length; column++)
            canvas.DrawText(labels[column].ToString(Text.Invariant), Gutter + column * (tile + Gap) + tile / 2, Header - 10, SKTextAlign.Center, bold, paint);
        for (int row = 0; row < rows.Count; row++)
        {
            float y = Header + row * (tileHeight + Gap);
            canvas.DrawText(rows[row].Name, 0, y + tileHeight / 2 + 5, SKTextAlign.Left, row == rows.Count - 1 ? font : bold, paint);
            for (int column = 0; column < labels.Length; column++)
            {
                var place = SKRect.Create(Gutter + column * (tile + Gap), y, tile, tileHeight);
                canvas.DrawImage(rows[row].Images[column], place, new SKSamplingOptions(SKCubicResampler.Mitchell), paint);
            }
        }
    }
}
