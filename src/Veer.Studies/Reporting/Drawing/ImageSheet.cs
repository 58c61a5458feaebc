using SkiaSharp;

namespace Veer.Studies.Reporting.Drawing;

/// <summary>One row of a sheet.</summary>
/// <param name="Name">What stands beside it.</param>
/// <param name="Images">An image per column.</param>
/// <param name="Notes">Small print under each image; null for none.</param>
/// <param name="IsReference">Whether the row is what others are compared with.</param>
internal sealed record SheetRow(string Name, IReadOnlyList<SKImage> Images, IReadOnlyList<string>? Notes = null, bool IsReference = false);

/// <summary>Images in columns under headings, in one or more bands of rows, all images of one size.</summary>
/// <param name="columns">So many images fill the width.</param>
/// <param name="ratio">Height over width of an image.</param>
internal sealed class ImageSheet(int columns, float ratio)
{
    private const int Width = 1120, Gutter = 132, Gap = 2;
    private const float TitleHeight = 28, HeadingHeight = 28, NoteHeight = 16, BandGap = 18, TextSize = 14, SmallSize = 11;

    private readonly List<(string Title, string Corner, IReadOnlyList<string> Headings, IReadOnlyList<SheetRow> Rows)> bands = [];
    private readonly float tile = (Width - Gutter) / (float)columns - Gap, tileHeight = ((Width - Gutter) / (float)columns - Gap) * ratio;

    /// <summary>The next band; at most as many columns as fill the width.</summary>
    /// <param name="title">The line over it; empty for none.</param>
    /// <param name="corner">What the headings are; empty where that is clear.</param>
    /// <param name="headings">A heading per column.</param>
    /// <param name="rows">Its rows, from the top.</param>
    public void AddBand(string title, string corner, IReadOnlyList<string> headings, IReadOnlyList<SheetRow> rows) => bands.Add((title, corner, headings, rows));

    public Figure ToFigure(string name, string title, string caption, string alternativeText)
    {
        float height = bands.Sum(band => (band.Title.Length > 0 ? TitleHeight : 0) + HeadingHeight + band.Rows.Sum(HeightOf)) + BandGap * (bands.Count - 1);
        return new(name, title, caption, alternativeText, Width, (int)height, Draw) { IsPhotograph = true };
    }

    private float HeightOf(SheetRow row) => tileHeight + Gap + (row.Notes is null ? 0 : NoteHeight);

    private void Draw(SKCanvas canvas)
    {
        using var font = FigureFont.Create(TextSize);
        using var bold = FigureFont.Create(TextSize, bold: true);
        using var small = FigureFont.Create(SmallSize);
        using var ink = new SKPaint { IsAntialias = true, Color = ReportPalette.Ink.ToSKColor() };
        using var muted = new SKPaint { IsAntialias = true, Color = ReportPalette.Muted.ToSKColor() };
        float y = 0;
        foreach (var (title, corner, headings, rows) in bands)
        {
            canvas.DrawText(title, 0, y + TextSize, SKTextAlign.Left, bold, ink);
            y += (title.Length > 0 ? TitleHeight : 0) + HeadingHeight;
            canvas.DrawText(corner, 0, y - 10, SKTextAlign.Left, small, muted);
            foreach (var (column, heading) in headings.Index()) canvas.DrawText(heading, Middle(column), y - 10, SKTextAlign.Center, bold, ink);
            foreach (var row in rows)
            {
                DrawName(canvas, row, y + tileHeight / 2, row.IsReference ? font : bold, ink);
                foreach (var (column, image) in row.Images.Index())
                    canvas.DrawImage(image, SKRect.Create(Middle(column) - tile / 2, y, tile, tileHeight), new SKSamplingOptions(SKCubicResampler.Mitchell), ink);
                foreach (var (column, note) in (row.Notes ?? []).Index())
                    canvas.DrawText(note, Middle(column), y + tileHeight + SmallSize + 1, SKTextAlign.Center, small, muted);
                y += HeightOf(row);
            }
            y += BandGap;
        }
    }

    private float Middle(int column) => Gutter + column * (tile + Gap) + tile / 2;

    /// <summary>A variant's name may be long: it is written smaller rather than over the images.</summary>
    private static void DrawName(SKCanvas canvas, SheetRow row, float middle, SKFont font, SKPaint paint)
    {
        float width = font.MeasureText(row.Name), room = Gutter - 8;
        font.Size = width > room ? TextSize * room / width : TextSize;
        canvas.DrawText(row.Name, 0, middle + 5, SKTextAlign.Left, font, paint);
        font.Size = TextSize;
    }
}
