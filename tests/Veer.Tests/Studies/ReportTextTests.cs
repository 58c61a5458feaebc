using SkiaSharp;
using Veer.Studies.Reporting;
using Veer.Studies.Reporting.Drawing;
using Xunit;

namespace Veer.Tests.Studies;

public sealed class ReportTextTests
{
    [Fact]
    public void Figures_write_their_text_in_the_font_that_travels_with_the_program()
    {
        Assert.Equal("Inter", FigureFont.Regular.FamilyName);
        // Every sign that figures use, with a shape of its own.
        Assert.DoesNotContain((ushort)0, FigureFont.Regular.GetGlyphs("Loss σ 10⁻³ ×·²⁴⁵⁶⁷⁸⁹⁰¹ w = 1.25 (%) – −"));
        Assert.DoesNotContain((ushort)0, FigureFont.SemiBold.GetGlyphs("One-for-all 0123456789 w = ()"));
    }

    [Fact]
    public void Titles_labels_ticks_and_legends_leave_ink()
    {
        Assert.True(Ink(title: "w = 3") > Ink(title: "") + 50, "title");
        Assert.True(Ink(axis: "noise level σ") > Ink(axis: "") + 50, "axis label");
        Assert.True(Ink(legend: "learned") > Ink(legend: " ") + 50, "legend");
        Assert.True(Ink(ticks: true) > Ink(ticks: false) + 50, "ticks");
    }

    [Fact]
    public void A_vector_figure_names_the_font_and_a_fallback()
    {
        string svg = System.Text.Encoding.UTF8.GetString(Figure.ToSvg(Grid("Title", "", "", true).DrawVectors()));
        Assert.Contains("font-family=\"Inter, ", svg, StringComparison.Ordinal);
        Assert.DoesNotMatch("font-family=\"(?!Inter, )", svg);
    }

    [Theory]
    [InlineData(5.949, "5.95")]
    [InlineData(9.996, "10.0")]
    [InlineData(0.001234, "0.00123")]
    [InlineData(-3.2, "−3.20")]
    [InlineData(12345.6, "12346")]
    [InlineData(0, "0.00")]
    [InlineData(double.NaN, "–")]
    [InlineData(double.PositiveInfinity, "∞")]
    public void Numbers_have_three_significant_digits(double value, string expected) => Assert.Equal(expected, Text.Significant(value));

    [Theory]
    [InlineData(4.2, "4.2 s")]
    [InlineData(243.7, "4 min 4 s")]
    [InlineData(9000, "2 h 30 min")]
    [InlineData(double.NaN, "unknown")]
    public void Durations_read_as_people_say_them(double seconds, string expected) => Assert.Equal(expected, Text.Duration(seconds));

    [Theory]
    [InlineData(0, 1, "1")]
    [InlineData(-2, 5, "0.05")]
    [InlineData(-3, 1, "10⁻³")]
    [InlineData(-12, 2, "2·10⁻¹²")]
    public void Logarithmic_ticks_show_the_number(int power, int multiple, string expected) => Assert.Equal(expected, ChartAxes.LogLabel(power, multiple));

    private static int Ink(string title = "", string axis = "", string legend = " ", bool ticks = false)
    {
        using var pixels = Grid(title, axis, legend, ticks).Paint();
        using var bitmap = SKBitmap.FromImage(pixels);
        return bitmap.Pixels.Count(pixel => pixel.Red < 180);
    }

    private static Figure Grid(string title, string axis, string legend, bool ticks)
    {
        var grid = new PanelGrid(2);
        grid.AddLegend(legend, LegendKey.Dot(ReportPalette.Class(0)));
        var panel = grid.AddPanel(title, 200);
        ChartAxes.Label(panel, axis, "");
        panel.Axes.SetLimits(0, 1, 0, 1);
        if (!ticks) panel.Axes.Bottom.TickGenerator = panel.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.EmptyTickGenerator();
        return grid.ToFigure("test", "", "", "");
    }
}
