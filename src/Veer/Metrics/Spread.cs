namespace Veer.Metrics;

/// <summary>How far numbers lie apart.</summary>
internal static class Spread
{
    /// <summary>The variance of the distribution that numbers are drawn from, without bias; NaN of fewer than two.</summary>
    public static double Variance(IReadOnlyList<double> values)
    {
        double mean = values.Average();
        return values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1);
    }

    /// <summary>The standard error of the mean of numbers; NaN of fewer than two.</summary>
    public static double ErrorOfMean(IReadOnlyList<double> values) => values.Count < 2 ? double.NaN : Math.Sqrt(Variance(values) / values.Count);
}
