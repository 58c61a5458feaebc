using ScottPlot;
using SkiaSharp;

namespace Veer.Studies.Reporting;

/// <summary>What stands for a series in the legend.</summary>
internal enum LegendKey
{
    Dot,
    Line,
    Dashes,
}

/// <summary>Small multiples: plots in rows and columns under one legend, all panels of a column alike in width.</summary>
internal sealed class PanelGrid(int columns)
{
    private const int FullWidth = 1120, LegendHeight = 36, Gap = 8, FewestColumns = 2;
    private const float LegendSize = 13, TitleSize = 14, TitleRise = 8;

    private readonly List<(Plot Plot, string Title, int Height)> panels = [];
    private readonly List<(string Text, Color Color, LegendKey Key)> legend = [];

    public int PanelWidth { get; } = (FullWidth - Gap * (Math.Max(columns, FewestColumns) - 1)) / Math.Max(columns, FewestColumns);

    /// <summary>Space around the data of every panel, in CSS pixels: the same everywhere, so that axes line up.</summary>
    public PixelPadding Padding { get; init; } = new(left: 46, right: 8, bottom: 30, top: 28);

    /// <summary>An entry of the legend above the panels.</summary>
    public void AddLegend(string text, Color color, LegendKey key = LegendKey.Dot) => legend.Add((text, color, key));

    /// <summary>The next panel, row by row, in the report's style.</summary>
    /// <param name="title">Its title.</param>
    /// <param name="height">Its height in CSS pixels; a row is as high as its first panel.</param>
    public Plot AddPanel(string title, int height)
    {
        var plot = new Plot();
        plot.RenderManager.ClearCanvasBeforeEachRender = false;
        plot.FigureBackground.Color = Colors.Transparent;
        plot.DataBackground.Color = Colors.Transparent;
        plot.Grid.MajorLineColor = Palette.Grid;
        plot.Axes.Color(Palette.Muted);
        plot.Axes.FrameColor(Palette.Line);
        plot.Layout.Fixed(Padding);
        foreach (var axis in plot.Axes.GetAxes())
        {
            axis.TickLabelStyle.FontSize = 11;
            axis.MajorTickStyle.Length = 3;
            axis.MinorTickStyle.Length = 0;
        }
        FigureFont.Apply(plot);
        panels.Add((plot, title, height));
        return plot;
    }

    /// <summary>The panels that were added last.</summary>
    public IEnumerable<Plot> LastPanels(int count) => panels.TakeLast(count).Select(panel => panel.Plot);

    public static void LabelAxes(Plot plot, string? x, string? y)
    {
        foreach (var (axis, text) in ((IAxis, string?)[])[(plot.Axes.Bottom, x), (plot.Axes.Left, y)])
        {
            axis.Label.Text = text ?? "";
            axis.Label.FontSize = 12;
            axis.Label.Bold = false;
            axis.Label.ForeColor = Palette.Muted;
            axis.Label.FontName = FigureFont.Family;
        }
    }

    public Figure ToFigure(string name, string title, string caption, string alternativeText)
    {
        int top = legend.Count > 0 ? LegendHeight : 0;
        var rows = panels.Chunk(columns).ToList();
        int width = Math.Min(columns, panels.Count) * (PanelWidth + Gap) - Gap;
        int height = top + rows.Sum(row => row[0].Height + Gap) - Gap;
        return new Figure(name, title, caption, alternativeText, width, height, canvas =>
        {
            DrawLegend(canvas);
            float y = top;
            foreach (var row in rows)
            {
                for (int i = 0; i < row.Length; i++)
                {
                    float x = i * (PanelWidth + Gap);
                    row[i].Plot.Render(canvas, new PixelRect(x, x + PanelWidth, y + row[0].Height, y));
                    DrawText(canvas, row[i].Title, x + Padding.Left, y + Padding.Top - TitleRise, FigureFont.SemiBold, TitleSize);
                }
                y += row[0].Height + Gap;
            }
        });
    }

    private void DrawLegend(SKCanvas canvas)
    {
        using var paint = new SKPaint { IsAntialias = true, StrokeWidth = 2.5f };
        float x = Padding.Left, y = LegendHeight / 2f - 4;
        foreach (var (text, color, key) in legend)
        {
            paint.Color = color.ToSKColor();
            if (key != LegendKey.Dot)
            {
                using var dashes = key == LegendKey.Dashes ? SKPathEffect.CreateDash([6, 4], 0) : null;
                paint.PathEffect = dashes;
                canvas.DrawLine(x, y, x + 22, y, paint);
                paint.PathEffect = null;
                x += 28;
            }
            else
            {
                canvas.DrawCircle(x + 5, y, 5, paint);
                x += 16;
            }
            x += DrawText(canvas, text, x, y + LegendSize * 0.36f, FigureFont.Regular, LegendSize) + 22;
        }
    }

    private static float DrawText(SKCanvas canvas, string text, float x, float baseline, SKTypeface typeface, float size)
    {
        using var font = new SKFont(typeface, size) { Subpixel = true };
        using var paint = new SKPaint { IsAntialias = true, Color = Palette.Ink.ToSKColor() };
        canvas.DrawText(text, x, baseline, SKTextAlign.Left, font, paint);
        return font.MeasureText(text);
    }
}
