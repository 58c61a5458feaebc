using System.Text.Json.Serialization;

namespace Veer.Evaluation;

/// <summary>
/// A number with an interval that, nineteen times of twenty, holds what repetitions of the whole experiment, with new samples and new real ones, come to on average; of
/// metrics that are means over samples, repetitions against the same reference and training points.
/// </summary>
/// <param name="Value">The number of all samples.</param>
/// <param name="Error">Its standard error; NaN where there are too few samples to tell.</param>
[JsonConverter(typeof(EstimateJson))]
public readonly record struct Estimate(double Value, double Error)
{
    /// <summary>Of a normal distribution, 95 % lie within so many standard errors.</summary>
    private const double Width = 1.96;

    /// <summary>Lower end of the 95 % interval; NaN as the error.</summary>
    public double Low => Value - Width * Error;

    /// <summary>Upper end.</summary>
    public double High => Value + Width * Error;

    /// <summary>Whether the interval is known and leaves zero out: of a difference, whether it is one.</summary>
    public bool IsClear => Low > 0 || High < 0;
}
