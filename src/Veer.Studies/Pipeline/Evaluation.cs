using Veer.Data;
using Veer.Metrics;
using Veer.Studies.Reporting;
using Veer.Studies.Settings;
using static TorchSharp.torch;

namespace Veer.Studies.Pipeline;

/// <summary>
/// Every number of one sample set, per class and over all classes. Samples are measured against held-out real points of their own
/// class.
/// </summary>
internal sealed class Evaluation : IEvaluation
{
    private readonly StudyData data;
    private readonly EvaluationSettings settings;
    private readonly long seed;
    private readonly double[] outlierThresholds;

    public Evaluation(StudyData data, EvaluationSettings settings, long seed)
    {
        this.data = data;
        this.settings = settings;
        this.seed = seed;
        outlierThresholds = data.Truth is null ? [] : DensityMetrics.OutlierThresholds(data.Truth, data.HeldOut);
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string>? Fingerprint => null;

    /// <inheritdoc/>
    public Measured Measure(string guidance, double scale, string stage, LabeledData samples) =>
        new([.. Rows(guidance, scale, stage, samples)], new Dictionary<string, Tensor>());

    /// <inheritdoc/>
    public IReadOnlyList<ResultRow> Floor() => [.. Rows("none", 0, "real", data.Second)];

    /// <inheritdoc/>
    public double DistanceToTraining(LabeledData samples)
    {
        using var scope = NewDisposeScope();
        double total = 0;
        for (int label = 0; label < samples.Classes; label++)
        {
            var points = samples.OfClass(label);
            if (points.shape[0] > 0)
                total += SlicedWasserstein.Distance(points, data.Train.OfClass(label), settings.Projections, seed) * points.shape[0] / samples.Count;
        }
        return total;
    }

    private IEnumerable<ResultRow> Rows(string guidance, double scale, string stage, LabeledData samples)
    {
        var total = new Dictionary<string, double>();
        for (int label = 0; label < samples.Classes; label++)
        {
            using var scope = NewDisposeScope();
            var points = samples.OfClass(label);
            if (points.shape[0] == 0) continue;
            foreach (var (metric, value) in OfClass(points, label))
            {
                yield return new(guidance, scale, label.ToString(System.Globalization.CultureInfo.InvariantCulture), stage, metric, value);
                total[metric] = total.GetValueOrDefault(metric) + value * points.shape[0] / samples.Count;
            }
        }
        // over all classes: the mean over samples, each measured within its own class
        foreach (var (metric, value) in total) yield return new(guidance, scale, "all", stage, metric, value);
    }

    private IEnumerable<(string Metric, double Value)> OfClass(Tensor points, int label)
    {
        var real = data.HeldOut.OfClass(label);
        var labels = full([points.shape[0]], (long)label, ScalarType.Int64);
        var samples = new LabeledData(points, labels, data.HeldOut.Classes);
        yield return ("nn-distance", NearestDistance.Mean(points, real));
        yield return ("neighbor-off-class", NeighborOffClass.Share(points, labels, data.HeldOut.Points, data.HeldOut.Labels));
        // on a line the matching is known: exact on all points
        if (points.shape[1] == 1) yield return ("wasserstein-1", Wasserstein.Distance(points, real, order: 1));
        // equally many of both, however many there are
        int matched = (int)Math.Min(settings.AssignmentPoints, Math.Min(points.shape[0], real.shape[0]));
        yield return ("wasserstein-2", Wasserstein.Distance(points, real, limit: matched, seed: seed));
        yield return ("sliced-wasserstein-2", SlicedWasserstein.Distance(points, real, settings.Projections, seed));
        if (data.Truth is null) yield break;
        yield return ("off-class", DensityMetrics.OffClassShare(data.Truth, samples));
        yield return ("outliers", DensityMetrics.OutlierShare(data.Truth, samples, outlierThresholds));
        yield return ("log-density", DensityMetrics.MeanLogDensity(data.Truth, samples));
    }
}
