using ScottPlot;
using SkiaSharp;

namespace Veer.Studies.Reporting.Drawing;

/// <summary>Small multiples: plots in rows and columns under one legend, all panels of a column alike in width.</summary>
/// <param name="columns">Panels in a row.</param>
/// <param name="fewest">Panels are never wider than so many in a row would be.</param>
internal sealed class PanelGrid(int columns, int fewest = PanelGrid.FewestColumns)
{
    private const int FullWidth = 1120, Gap = 8, FewestColumns = 2;
    private const float TitleSize = 14, TitleRise = 8;

    private readonly List<List<(Plot Plot, string Title, int Height)>> rows = [];
    private readonly FigureLegend legend = new();

    /// <summary>Space around the data of every panel, in CSS pixels: the same everywhere, so that axes line up.</summary>
    public PixelPadding Padding { get; init; } = new(left: 46, right: 8, bottom: 30, top: 28);

    /// <summary>The width of the data of a panel, in CSS pixels.</summary>
    public int DataWidth => PanelWidth - (int)(Padding.Left + Padding.Right);

    private int PanelWidth { get; } = (FullWidth - Gap * (Math.Max(columns, fewest) - 1)) / Math.Max(columns, fewest);

    /// <summary>An entry of the legend above the panels.</summary>
    public void AddLegend(string text, LegendKey key) => legend.Add(text, key);

    /// <summary>The next panel, row by row, in the report's style.</summary>
    /// <param name="title">Its title.</param>
    /// <param name="height">Its height in CSS pixels; a row is as high as its first panel.</param>
    public Plot AddPanel(string title, int height)
    {
        var plot = new Plot();
        plot.RenderManager.ClearCanvasBeforeEachRender = false;
        plot.FigureBackground.Color = Colors.Transparent;
        plot.DataBackground.Color = Colors.Transparent;
        plot.Grid.MajorLineColor = ReportPalette.Grid;
        plot.Axes.Color(ReportPalette.Muted);
        plot.Axes.FrameColor(ReportPalette.Line);
        plot.Layout.Fixed(Padding);
        foreach (var axis in plot.Axes.GetAxes())
        {
            axis.TickLabelStyle.FontSize = 11;
            axis.MajorTickStyle.Length = 3;
            axis.MinorTickStyle.Length = 0;
            axis.TickGenerator = ChartAxes.InvariantTicks();
        }
        plot.Font.Set(FigureFont.Regular.FamilyName);
        if (rows.Count == 0 || rows[^1].Count == columns) rows.Add([]);
        rows[^1].Add((plot, title, height));
        return plot;
    }

    /// <summary>The next panel, as high as its view in the plane asks for.</summary>
    public Plot AddPanel(string title, PointView view)
    {
        var panel = AddPanel(title, (int)(DataWidth * view.Ratio + Padding.Top + Padding.Bottom));
        panel.Axes.SetLimits(view.Left, view.Right, view.Bottom, view.Top);
        return panel;
    }

    /// <summary>Makes the next panel the first of a row.</summary>
    public void EndRow()
    {
        if (rows.Count > 0 && rows[^1].Count > 0) rows.Add([]);
    }

    public Figure ToFigure(string name, string title, string caption, string alternativeText)
    {
        var filled = rows.Where(row => row.Count > 0).ToList();
        int width = filled.Max(row => row.Count) * (PanelWidth + Gap) - Gap;
        int top = legend.Arrange(Padding.Left, width);
        return new Figure(name, title, caption, alternativeText, width, top + filled.Sum(row => row[0].Height + Gap) - Gap, canvas =>
        {
            using var font = FigureFont.Create(TitleSize, bold: true);
            using var ink = new SKPaint { IsAntialias = true, Color = ReportPalette.Ink.ToSKColor() };
            legend.Draw(canvas);
            float y = top;
            foreach (var row in filled)
            {
                foreach (var (column, (plot, heading, _)) in row.Index())
                {
                    float x = column * (PanelWidth + Gap);
                    Render(plot, canvas, new PixelRect(x, x + PanelWidth, y + row[0].Height, y));
                    canvas.DrawText(heading, x + Padding.Left, y + Padding.Top - TitleRise, SKTextAlign.Left, font, ink);
                }
                y += row[0].Height + Gap;
            }
        });
    }

    /// <summary>The first time that a plot is rendered it draws itself twice, once for its layout: that first time goes nowhere.</summary>
    private static void Render(Plot plot, SKCanvas canvas, PixelRect place)
    {
        if (plot.RenderManager.RenderCount == 0)
        {
            using var nowhere = new SKNoDrawCanvas((int)place.Right, (int)place.Bottom);
            plot.Render(nowhere, place);
        }
        plot.Render(canvas, place);
    }
}
