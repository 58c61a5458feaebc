using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Veer.Studies.Reporting.Drawing;
using Xunit;

namespace Veer.Tests.Studies;

/// <summary>Numbers are written alike whatever the culture of the program around the library.</summary>
public sealed class ReportCultureTests
{
    [Fact]
    public void The_report_is_the_same_in_a_culture_with_a_decimal_comma()
    {
        using var run = ReportRunFolder.Plane();
        run.Build();
        var (page, svg) = (run.Page, Figures(run));
        InCommaCulture(() => run.Build());

        Assert.Equal(page, run.Page);
        Assert.Equal(svg, Figures(run));
    }

    [Fact]
    public void Ticks_and_faults_have_points()
    {
        var grid = new PanelGrid(2);
        grid.AddPanel("", 200).Axes.SetLimits(-0.5, 0.5, -2000.5, 2000.5);
        string svg = "";
        InCommaCulture(() => svg = Encoding.UTF8.GetString(Figure.ToSvg(grid.ToFigure("test", "", "", "").DrawVectors())));
        string[] ticks = [.. Regex.Matches(svg, @">\s*([^<\s]+)\s*</text>").Select(match => match.Groups[1].Value)];

        Assert.Contains("0.2", ticks);
        Assert.Contains("−0.2".Replace('−', '-'), ticks);
        Assert.Contains("2,000", ticks);
        Assert.Contains("0", ticks);

        using var run = ReportRunFolder.Images(points: 20);
        run.WriteArrays("samples/decoder.npz", ("mean", new float[4], [4]), ("components", new float[24], [6, 4]), ("shape", new float[] { 0.5f, 2 }, [2]));
        InCommaCulture(() => Assert.Contains("shape: found [0.5, 2]", Assert.Throws<InputException>(() => run.Build()).Message, StringComparison.Ordinal));
    }

    private static string[] Figures(ReportRunFolder run) => [.. Directory.GetFiles(run.At("figures"), "*.svg").Order(StringComparer.Ordinal).Select(File.ReadAllText)];

    private static void InCommaCulture(Action act)
    {
        var (before, comma) = (CultureInfo.CurrentCulture, (CultureInfo)CultureInfo.InvariantCulture.Clone());
        (comma.NumberFormat.NumberDecimalSeparator, comma.NumberFormat.NumberGroupSeparator, comma.NumberFormat.NegativeSign) = (",", ".", "~");
        CultureInfo.CurrentCulture = comma;
        try
        {
            act();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
