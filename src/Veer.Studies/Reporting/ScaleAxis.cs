using ScottPlot;
using ScottPlot.TickGenerators;
using SkiaSharp;

namespace Veer.Studies.Reporting;

/// <summary>The axis of guidance scales: a tick at every scale that was measured, a label wherever there is room for one.</summary>
internal static class ScaleAxis
{
    private const float LabelSize = 11, Room = 6;
    private const double Side = 0.06;

    /// <summary>Sets ticks and limits.</summary>
    /// <param name="panel">The panel.</param>
    /// <param name="scales">The scales, ascending.</param>
    /// <param name="width">The width of the panel's data in CSS pixels.</param>
    public static void Apply(Plot panel, IReadOnlyList<double> scales, int width)
    {
        double range = Math.Max(scales[^1] - scales[0], 1e-9), left = scales[0] - Side * range, right = scales[^1] + Side * range;
        using var font = new SKFont(FigureFont.Regular, LabelSize);
        var ticks = new NumericManual();
        float taken = float.NegativeInfinity, last = Half(scales[^1]);
        for (int i = 0; i < scales.Count; i++)
        {
            float x = Place(scales[i]), half = Half(scales[i]);
            // The largest scale always has its label: others give way to it.
            bool free = x - half > taken && (i == scales.Count - 1 || x + half + Room < Place(scales[^1]) - last);
            ticks.AddMajor(scales[i], free ? Text.Scale(scales[i]) : "");
            if (free) taken = x + half + Room;
        }
        panel.Axes.Bottom.TickGenerator = ticks;
        panel.Axes.SetLimitsX(left, right);

        float Place(double scale) => (float)((scale - left) / (right - left) * width);

        float Half(double scale) => font.MeasureText(Text.Scale(scale)) / 2;
    }
}
