using ScottPlot;
using ScottPlot.TickGenerators;

namespace Veer.Studies.Reporting;

/// <summary>Logarithmic axes: the plot holds log10 of the numbers, the ticks show the numbers.</summary>
internal static class LogAxis
{
    private static readonly string[] Superscripts = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"];

    public static bool CanShow(double value) => double.IsFinite(value) && value > 0;

    public static void Apply(IAxis axis, double lowest, double highest)
    {
        var ticks = new NumericManual();
        int low = (int)Math.Floor(lowest), high = (int)Math.Ceiling(highest);
        // Within two decades whole powers alone would leave the axis nearly bare.
        int[] multiples = highest - lowest < 1 ? [1, 2, 3, 4, 5, 6, 8] : highest - lowest <= 2 ? [1, 2, 5] : [1];
        int stride = Math.Max(1, (high - low) / 7);
        for (int power = low; power <= high; power++)
        {
            foreach (int multiple in multiples)
                if ((power - low) % stride == 0) ticks.AddMajor(power + Math.Log10(multiple), Label(power, multiple));
            for (int minor = 2; minor < 10; minor++) ticks.AddMinor(power + Math.Log10(minor));
        }
        axis.TickGenerator = ticks;
    }

    public static string Label(int power, int multiple = 1)
    {
        if (power is >= -2 and <= 3) return (multiple * Math.Pow(10, power)).ToString("0.##", Text.Invariant);
        string exponent = string.Concat(Math.Abs(power).ToString(Text.Invariant).Select(digit => Superscripts[digit - '0']));
        return $"{(multiple == 1 ? "" : $"{multiple}·")}10{(power < 0 ? "⁻" : "")}{exponent}";
    }
}
