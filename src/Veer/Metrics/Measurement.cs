using TorchSharp;

namespace Veer.Metrics;

/// <summary>What a metric found.</summary>
/// <param name="Value">The number of the whole set.</param>
/// <param name="Each">[N] where every sample has a number of its own, whose mean the value is, so that there are numbers of classes too; else null.</param>
/// <param name="Error">The value's standard error, where the metric knows it by its definition.</param>
/// <param name="Beside">Of a mean of numbers of samples, the standard error that comes to it from what those were measured by, beside that of the mean.</param>
public readonly record struct Measurement(double Value, Tensor? Each = null, double? Error = null, double Beside = 0)
{
    /// <summary>The mean of numbers of samples.</summary>
    /// <param name="each">[N] or [N, 1], N at least 1, of any type.</param>
    public static Measurement OfEach(Tensor each)
    {
        using var scope = NewDisposeScope();
        return new(each.to(ScalarType.Float64).mean().ToDouble(), each);
    }
}
