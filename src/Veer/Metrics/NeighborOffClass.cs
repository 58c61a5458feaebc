using Veer.Matching;

namespace Veer.Metrics;

/// <summary>The off-class share where no true density is known: how often a sample's nearest reference point is of another class.</summary>
public static class NeighborOffClass
{
    /// <summary>As studies measure it.</summary>
    public static Metric Metric { get; } = new(
        "neighbor-off-class", "Nearest neighbour off-class", MetricDirection.Lower,
        "Share of samples whose nearest point of the reference, of any class, is of another class than the one asked for.")
    {
        IsShare = true,
        HangsOn = CountDependence.Real,
        Needs = MetricNeeds.Points | MetricNeeds.Classes,
        Default = SampleKinds.Points,
        Evaluated = SampleKinds.None,
        Measure = set => new(Share(set.Samples.Points.flatten(1), set.Samples.Labels, set.Real.HeldOut.Points.flatten(1), set.Real.HeldOut.Labels)),
    };

    /// <summary>The share, 0 to 1.</summary>
    /// <param name="samples">[N, D] float32 or float64, N at least 1.</param>
    /// <param name="labels">[N] int64: the classes that were asked for.</param>
    /// <param name="reference">[M, D] held-out real points of all classes.</param>
    /// <param name="referenceLabels">[M] int64.</param>
    /// <exception cref="InputException">A value is not finite, or a set is empty.</exception>
    public static double Share(Tensor samples, Tensor labels, Tensor reference, Tensor referenceLabels)
    {
        if (samples.dim() == 2 && samples.shape[0] == 0) throw new InputException(Metric.Name, "samples", "none", "at least 1");
        RequireLabels(samples, labels, nameof(labels));
        RequireLabels(reference, referenceLabels, nameof(referenceLabels));
        using var scope = NewDisposeScope();
        var nearest = Neighbors.Search(samples, reference, k: 1).Indices.flatten();
        var found = referenceLabels.cpu()[nearest.cpu()];
        return found.ne(labels.cpu()).to(ScalarType.Float64).mean().item<double>();
    }

    private static void RequireLabels(Tensor rows, Tensor labels, string name)
    {
        if (rows.dim() > 0 && labels.dim() == 1 && labels.shape[0] == rows.shape[0]) return;
        throw new ArgumentException($"rows [{string.Join(", ", rows.shape)}] have labels of shape [{string.Join(", ", labels.shape)}]", name);
    }
}
