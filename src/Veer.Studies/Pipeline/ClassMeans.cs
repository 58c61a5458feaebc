using System.Globalization;
using TorchSharp;
using Veer.Data;

namespace Veer.Studies.Pipeline;

/// <summary>Means of one number per sample.</summary>
internal static class ClassMeans
{
    /// <summary>The class of numbers over all classes.</summary>
    public const string All = "all";

    /// <summary>The mean over every class that has samples, and over "all".</summary>
    /// <param name="values">[N] or [N, 1], of any type.</param>
    /// <param name="samples">The N samples.</param>
    public static IEnumerable<(string Class, double Value)> Of(Tensor values, LabeledData samples)
    {
        values = values.flatten().to(ScalarType.Float64);
        for (int label = 0; label < samples.Classes; label++)
        {
            var own = values[samples.Labels == label];
            if (own.shape[0] > 0) yield return (label.ToString(CultureInfo.InvariantCulture), own.mean().ToDouble());
        }
        yield return (All, values.mean().ToDouble());
    }
}
