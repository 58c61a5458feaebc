using System.Globalization;
using Veer.Studies.Settings;

namespace Veer.Studies.Reporting;

/// <summary>How the report writes numbers and names.</summary>
internal static class Text
{
    public static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    /// <summary>The number in three significant digits, never in exponent form; a true minus sign; a dash for what is no number.</summary>
    public static string Significant(double value, int digits = 3)
    {
        if (!double.IsFinite(value)) return double.IsNaN(value) ? "–" : value > 0 ? "∞" : "−∞";
        // Rounded first: 9.996 would become 10.00, four digits.
        int decimals = Decimals(Math.Round(value, Decimals(value)));
        return value.ToString("F" + decimals.ToString(Invariant), Invariant).Replace('-', '−');

        int Decimals(double number) => number == 0 ? digits - 1 : Math.Clamp(digits - 1 - (int)Math.Floor(Math.Log10(Math.Abs(number))), 0, 15);
    }

    /// <summary>A guidance scale, as short as it is exact: 1, 1.25, 3.</summary>
    public static string Scale(double scale) => SampledScales.Text(scale);

    /// <summary>"one-for-all" as "One-for-all".</summary>
    public static string Capitalize(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    public static string Class(string name) => name == "all" ? "all classes" : $"class {name}";

    public static string Count(long count) => count.ToString("N0", Invariant);

    public static string Duration(double seconds)
    {
        if (!(seconds is >= 0 and < 1e10)) return "unknown";
        var time = TimeSpan.FromSeconds(Math.Round(seconds));
        return time.TotalHours >= 1 ? $"{(long)time.TotalHours} h {time.Minutes} min"
            : time.TotalMinutes >= 1 ? $"{time.Minutes} min {time.Seconds} s"
            : $"{Significant(seconds, 2)} s";
    }

    /// <summary>"a", "a and b", "a, b and c".</summary>
    public static string Enumerate(IReadOnlyList<string> items) => items.Count < 2
        ? string.Concat(items)
        : $"{string.Join(", ", items.Take(items.Count - 1))} and {items[^1]}";
}
