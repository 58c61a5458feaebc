using Veer.Matching;

namespace Veer.Metrics;

/// <summary>How far samples lie from real data: the mean Euclidean distance of each sample to its nearest reference point.</summary>
public static class NearestDistance
{
    /// <summary>As studies measure it.</summary>
    public static Metric Metric { get; } = new(
        "nn-distance", "Distance to nearest real point", MetricDirection.Lower,
        "Mean Euclidean distance from a sample to the nearest point of the reference, of its class where there are classes.")
    {
        HangsOn = CountDependence.Real,
        Needs = MetricNeeds.Points,
        Evaluated = SampleKinds.Points,
        Measure = Measure,
    };

    /// <summary>The mean distance, in the unit of the samples; 0 if every sample is a reference point.</summary>
    /// <param name="samples">[N, D] float32 or float64, N at least 1.</param>
    /// <param name="reference">[M, D] held-out real points, M at least 1.</param>
    /// <exception cref="InputException">A value is not finite, or a set is empty.</exception>
    public static double Mean(Tensor samples, Tensor reference)
    {
        if (samples.dim() == 2 && samples.shape[0] == 0) throw new InputException(Metric.Name, "samples", "none", "at least 1");
        var table = Neighbors.Find(samples, reference, k: 1);
        double sum = 0;
        foreach (double squared in table.Squared) sum += Math.Sqrt(squared);
        return sum / table.Queries;
    }

    /// <summary>Of one class as it stands above; of several, each sample by itself, in float32.</summary>
    private static Measurement Measure(MetricSet set)
    {
        var (samples, heldOut) = (set.Samples, set.Real.HeldOut);
        return set.Real.Label is not null
            ? new(Mean(set.Points, set.Real.Points))
            : Measurement.OfEach(Neighbors.SearchByClass(samples.Points.flatten(1), samples.Labels, heldOut.Points.flatten(1), heldOut.Labels, heldOut.Classes, 1).Distances);
    }
}
