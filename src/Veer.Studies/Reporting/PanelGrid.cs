using ScottPlot;
using ScottPlot.TickGenerators;
using SkiaSharp;

namespace Veer.Studies.Reporting;

/// <summary>Small multiples: plots in rows and columns under one legend, all panels of a column alike in width.</summary>
/// <param name="columns">Panels in a row.</param>
/// <param name="fewest">Panels are never wider than so many in a row would be.</param>
internal sealed class PanelGrid(int columns, int fewest = PanelGrid.FewestColumns)
{
    private const int FullWidth = 1120, Gap = 8, FewestColumns = 2;
    private const float TitleSize = 14, TitleRise = 8;

    private readonly List<List<(Plot Plot, string Title, int Height)>> rows = [];
    private readonly FigureLegend legend = new();

    public int PanelWidth { get; } = (FullWidth - Gap * (Math.Max(columns, fewest) - 1)) / Math.Max(columns, fewest);

    /// <summary>Space around the data of every panel, in CSS pixels: the same everywhere, so that axes line up.</summary>
    public PixelPadding Padding { get; init; } = new(left: 46, right: 8, bottom: 30, top: 28);

    /// <summary>The width of the data of a panel, in CSS pixels.</summary>
    public int DataWidth => PanelWidth - (int)(Padding.Left + Padding.Right);

    /// <summary>An entry of the legend above the panels.</summary>
    public void AddLegend(string text, Color color, LegendKey key = LegendKey.Dot, MarkerShape marker = MarkerShape.None) =>
        legend.Add(text, color, key, marker);

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
            axis.TickGenerator = InvariantTicks();
        }
        FigureFont.Apply(plot);
        if (rows.Count == 0 || rows[^1].Count == columns) rows.Add([]);
        rows[^1].Add((plot, title, height));
        return plot;
    }

    /// <summary>Ticks that the library chooses, written alike whatever the culture of the program around it.</summary>
    public static NumericAutomatic InvariantTicks() => new()
    {
        // adding zero makes a negative zero a zero
        LabelFormatter = value => (Math.Round(value, 10) + 0.0).ToString(double.IsInteger(value) || Math.Abs(value) > 1000 ? "N0" : "G", Text.Invariant),
    };

    /// <summary>Makes the next panel the first of a row.</summary>
    public void EndRow()
    {
        if (rows.Count > 0 && rows[^1].Count > 0) rows.Add([]);
    }

    /// <summary>The panels that were added last.</summary>
    public IEnumerable<Plot> LastPanels(int count) => rows.SelectMany(row => row).TakeLast(count).Select(panel => panel.Plot);

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
        var filled = rows.Where(row => row.Count > 0).ToList();
        int width = filled.Max(row => row.Count) * (PanelWidth + Gap) - Gap;
        int top = legend.Arrange(Padding.Left, width);
        int height = top + filled.Sum(row => row[0].Height + Gap) - Gap;
        return new Figure(name, title, caption, alternativeText, width, height, canvas =>
        {
            legend.Draw(canvas);
            float y = top;
            foreach (var row in filled)
            {
                for (int i = 0; i < row.Count; i++)
                {
                    float x = i * (PanelWidth + Gap);
                    Render(row[i].Plot, canvas, new PixelRect(x, x + PanelWidth, y + row[0].Height, y));
                    DrawTitle(canvas, row[i].Title, x + Padding.Left, y + Padding.Top - TitleRise);
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

    private static void DrawTitle(SKCanvas canvas, string text, float x, float baseline)
    {
        using var font = new SKFont(FigureFont.SemiBold, TitleSize) { Subpixel = true };
        using var paint = new SKPaint { IsAntialias = true, Color = Palette.Ink.ToSKColor() };
        canvas.DrawText(text, x, baseline, SKTextAlign.Left, font, paint);
    }
}
