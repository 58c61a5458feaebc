using ScottPlot;
using ScottPlot.TickGenerators;

namespace Veer.Studies.Reporting.Drawing;

/// <summary>Axes with limits and ticks of a chart. A plot holds log10 of the numbers on a logarithmic axis; the ticks show the numbers.</summary>
internal static class ChartAxes
{
    private const float LabelSize = 11, Room = 6;
    private const double Side = 0.06;

    private const string Superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

    /// <summary>Whether a logarithmic axis can show a number.</summary>
    public static bool HasLog(double value) => double.IsFinite(value) && value > 0;

    /// <summary>Names both axes.</summary>
    public static void Label(Plot panel, string x, string y)
    {
        foreach (var (axis, text) in ((IAxis, string)[])[(panel.Axes.Bottom, x), (panel.Axes.Left, y)])
            (axis.Label.Text, axis.Label.FontSize, axis.Label.Bold, axis.Label.ForeColor, axis.Label.FontName) = (text, 12, false, ReportPalette.Muted, FigureFont.Family);
    }

    /// <summary>Ticks that the library chooses, written alike whatever the culture of the program around it.</summary>
    public static NumericAutomatic InvariantTicks() => new()
    {
        // adding zero makes a negative zero a zero
        LabelFormatter = value => (Math.Round(value, 10) + 0.0).ToString(double.IsInteger(value) || Math.Abs(value) > 1000 ? "N0" : "G", Text.Invariant),
    };

    /// <summary>A logarithmic axis around the logarithms of what it shows.</summary>
    public static void SetLog(IAxis axis, IReadOnlyCollection<double> logs, double margin)
    {
        double lowest = logs.Min(), highest = logs.Max();
        var ticks = new NumericManual();
        int low = (int)Math.Floor(lowest), high = (int)Math.Ceiling(highest);
        // Within two decades whole powers alone would leave the axis nearly bare.
        int[] multiples = highest - lowest < 1 ? [1, 2, 3, 4, 5, 6, 8] : highest - lowest <= 2 ? [1, 2, 5] : [1];
        int stride = Math.Max(1, (high - low) / 7);
        for (int power = low; power <= high; power++)
        {
            foreach (int multiple in multiples)
                if ((power - low) % stride == 0) ticks.AddMajor(power + Math.Log10(multiple), LogLabel(power, multiple));
            for (int minor = 2; minor < 10; minor++) ticks.AddMinor(power + Math.Log10(minor));
        }
        axis.TickGenerator = ticks;
        axis.Range.Set(lowest - margin, highest + margin);
    }

    /// <summary>The number multiple · 10^power.</summary>
    public static string LogLabel(int power, int multiple = 1)
    {
        if (power is >= -2 and <= 3) return (multiple * Math.Pow(10, power)).ToString("0.##", Text.Invariant);
        string exponent = string.Concat(Math.Abs(power).ToString(Text.Invariant).Select(digit => Superscripts[digit - '0']));
        return $"{(multiple == 1 ? "" : $"{multiple}·")}10{(power < 0 ? "⁻" : "")}{exponent}";
    }

    /// <summary>The axis of guidance scales: a tick at every scale that was measured, a label wherever there is room for one.</summary>
    /// <param name="panel">The panel.</param>
    /// <param name="scales">The scales, ascending.</param>
    /// <param name="width">The width of the panel's data in CSS pixels.</param>
    public static void SetScales(Plot panel, IReadOnlyList<double> scales, int width)
    {
        double range = Math.Max(scales[^1] - scales[0], 1e-9), left = scales[0] - Side * range, right = scales[^1] + Side * range;
        using var font = FigureFont.Create(LabelSize);
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
