namespace Veer.Studies.Reporting;

/// <summary>A metric's unit in the tables: per cent for shares, a power of a thousand for small and large numbers, so that cells stay short.</summary>
/// <param name="Factor">Shown number = factor · value.</param>
/// <param name="Unit">What stands in the header; empty for plain numbers.</param>
/// <param name="Counts">Whether values are counts, shown without decimals where they are whole.</param>
internal sealed record MetricScale(double Factor, string Unit, bool Counts = false)
{
    private const double SmallestPlain = 0.2, LargestPlain = 1e5;

    public static MetricScale For(MetricInfo metric, IEnumerable<double> values)
    {
        if (metric.Name == MetricInfo.Evaluations) return new MetricScale(1, "", Counts: true);
        if (metric.Share) return new MetricScale(100, "%");
        double largest = values.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty().Max();
        return largest switch
        {
            >= LargestPlain => Thousands((int)Math.Log10(largest) / 3),
            0 or >= SmallestPlain => new MetricScale(1, ""),
            >= SmallestPlain * 1e-3 => new MetricScale(1e3, "×10⁻³"),
            _ => new MetricScale(1e6, "×10⁻⁶"),
        };
    }

    private static MetricScale Thousands(int power) => new(Math.Pow(1000, -power), $"×10{string.Concat($"{3 * power}".Select(digit => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit - '0']))}");

    public string Show(double value, int digits = 3) =>
        Counts && double.IsInteger(value) ? Text.Count((long)value) : Text.Significant(value * Factor, digits);

    public string ShowWithUnit(double value) => Unit.Length == 0 ? Show(value) : Unit == "%" ? $"{Show(value)} %" : $"{Show(value)} {Unit}";
}
