using ScottPlot;
using ScottPlot.Colormaps;
using Veer.Studies.Runs;

namespace Veer.Studies.Reporting.Drawing;

/// <summary>A density over time as a pale picture behind lines: even steps of lightness, darker where it is denser.</summary>
internal static class DensityPicture
{
    /// <summary>Few shades read as contours, and make a small file.</summary>
    private const int Shades = 12;

    /// <summary>Shades follow a root of the density: its tails, where guidance drives samples, stay visible.</summary>
    private const double Exponent = 0.7;

    /// <summary>The shades, a row for every place of the grid from the top and a column for every state.</summary>
    public static double[,] Shade(LineDensity density)
    {
        double densest = density.Values.Values.Where(float.IsFinite).DefaultIfEmpty(0).Max();
        int places = density.Grid.Length, states = density.Values.Rows;
        var shades = new double[places, states];
        for (int place = 0; place < places; place++)
        {
            for (int state = 0; state < states; state++)
            {
                double value = density.Values[state, place];
                shades[places - 1 - place, state] = densest > 0 && value > 0 ? Math.Round(Math.Pow(Math.Min(value / densest, 1), Exponent) * (Shades - 1)) : 0;
            }
        }
        return shades;
    }

    /// <summary>Lays the shades under a panel; the grid's places are evenly spaced.</summary>
    public static void AddTo(Plot panel, LineDensity density, double[,] shades)
    {
        var picture = panel.Add.Heatmap(shades);
        picture.Colormap = new CustomInterpolated([ReportPalette.Paper, ReportPalette.Dense]);
        picture.ManualRange = new(0, Shades - 1);
        picture.Extent = new(0, density.Values.Rows - 1, density.Grid[0], density.Grid[^1]);
        picture.Smooth = true;
    }
}
