using System.Runtime.InteropServices;
using ScottPlot;
using SkiaSharp;

namespace Veer.Studies.Reporting;

/// <summary>A density over time as a pale picture behind lines: even steps of lightness, darker where it is denser.</summary>
/// <param name="density">Rows from pure noise to the end.</param>
/// <param name="bottom">The lowest place shown.</param>
/// <param name="top">The highest place shown.</param>
internal sealed class DensityPicture(LineDensity density, double bottom, double top)
{
    /// <summary>Few shades read as contours, and make a small file.</summary>
    private const int Shades = 12;

    private const int Width = 480, Height = 400;

    /// <summary>Shades follow a root of the density: its tails, where guidance drives samples, stay visible.</summary>
    private const double Exponent = 0.7;

    // Painted when first drawn, and once for all panels.
    private readonly Lazy<SKImage> image = new(() => Paint(density, bottom, top));

    public Drawn ToPlottable() => new((canvas, place) =>
    {
        var (start, end) = (place(0, top), place(density.Values.Rows - 1, bottom));
        canvas.DrawImage(image.Value, new SKRect(start.X, start.Y, end.X, end.Y), new SKSamplingOptions(SKFilterMode.Linear));
    });

    private static SKImage Paint(LineDensity density, double bottom, double top)
    {
        double densest = density.Values.Values.Where(float.IsFinite).DefaultIfEmpty(0).Max();
        var shades = Enumerable.Range(0, Shades).Select(shade => Shade(shade / (Shades - 1.0))).ToArray();
        var pixels = new SKColor[Width * Height];
        for (int y = 0; y < Height; y++)
        {
            var (row, weight) = PlaceOf(density.Grid, top - (y + 0.5) / Height * (top - bottom));
            for (int x = 0; x < Width; x++)
            {
                double step = x / (Width - 1.0) * (density.Values.Rows - 1);
                int before = (int)step, after = Math.Min(before + 1, density.Values.Rows - 1);
                double value = row < 0 ? 0 : double.Lerp(At(before), At(after), step - before);
                double level = densest > 0 && value > 0 ? Math.Pow(Math.Min(value / densest, 1), Exponent) : 0;
                pixels[y * Width + x] = shades[(int)Math.Round(level * (Shades - 1))];

                double At(int state) => double.Lerp(density.Values[state, row], density.Values[state, row + 1], weight);
            }
        }
        var info = new SKImageInfo(Width, Height, SKColorType.Bgra8888, SKAlphaType.Opaque);
        return SKImage.FromPixelCopy(info, MemoryMarshal.AsBytes<SKColor>(pixels));
    }

    /// <summary>The grid's cell that holds a place, and where in it; -1 outside.</summary>
    private static (int Row, double Weight) PlaceOf(float[] grid, double value)
    {
        if (!(value >= grid[0] && value <= grid[^1])) return (-1, 0);
        int found = Array.BinarySearch(grid, (float)value);
        int row = Math.Clamp(found >= 0 ? found : ~found - 1, 0, grid.Length - 2);
        return (row, (value - grid[row]) / (grid[row + 1] - grid[row]));
    }

    private static SKColor Shade(double level)
    {
        var (palest, darkest) = Palette.Heat;
        byte Mix(byte from, byte to) => (byte)Math.Round(double.Lerp(from, to, level));
        return new Color(Mix(palest.R, darkest.R), Mix(palest.G, darkest.G), Mix(palest.B, darkest.B)).ToSKColor();
    }
}
