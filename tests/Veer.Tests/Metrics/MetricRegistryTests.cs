using Veer.ClosedForm;
using Veer.Data;
using Veer.Diffusion;
using Veer.Metrics;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Metrics;

public sealed class MetricRegistryTests
{
    private const int Count = 200;

    private static readonly GaussianMixture Truth = GaussianMixture.Isotropic(tensor(new[] { -1f, 1f }).unsqueeze(1), tensor(new[] { 0.4f, 0.4f }));

    /// <summary>Those that measure the distance from real points; memorisation and the margin are something else.</summary>
    public static TheoryData<string> Measurable =>
        [.. MetricRegistry.Measurable.Where(metric => !metric.Needs.HasFlag(MetricNeeds.Training) && metric != ClassMargin.Metric).Select(metric => metric.Name)];

    [Fact]
    public void What_any_samples_are_measured_by_fits_their_kind()
    {
        string[] images = ["frechet", "frechet-infinity", "kernel", "mind", "precision", "recall", "auth-pct", "ct", "nn-ratio", "memorization-ratio"];
        string[] points = ["nn-distance", "wasserstein-2", "sliced-wasserstein-2", "wasserstein-1", "energy-distance"];
        Assert.Empty(images.Except(Names(SampleKinds.Images)));
        Assert.Empty(images.Concat(points).Except(Names(SampleKinds.Points)));
        Assert.Empty(Names(SampleKinds.Images).Intersect(points));
        Assert.DoesNotContain("log-density", Names(SampleKinds.Points));
        Assert.All(MetricRegistry.All.Where(metric => metric.Measure is null), metric => Assert.Equal(SampleKinds.None, metric.Evaluated));

        static IEnumerable<string> Names(SampleKinds kind) => MetricRegistry.All.Where(metric => metric.Evaluated.HasFlag(kind)).Select(metric => metric.Name);
    }

    [Fact]
    public void Every_metric_has_a_name_of_its_own_and_says_what_it_is()
    {
        Assert.Equal(MetricRegistry.All.Count, MetricRegistry.All.DistinctBy(metric => metric.Name).Count());
        Assert.Equal(MetricRegistry.All.Count, MetricRegistry.All.DistinctBy(metric => metric.Title).Count());
        Assert.All(MetricRegistry.All, metric =>
        {
            Assert.Matches("^[a-z0-9]+(-[a-z0-9]+)*$", metric.Name);
            Assert.EndsWith(".", metric.Meaning, StringComparison.Ordinal);
            Assert.Same(metric, MetricRegistry.All.Find(metric.Name));
        });
        Assert.Null(MetricRegistry.All.Find("nothing"));
    }

    [Theory]
    [MemberData(nameof(Measurable))]
    public void A_second_real_sample_is_better_than_one_that_is_shifted(string name)
    {
        using var scope = NewDisposeScope();
        var metric = MetricRegistry.All.Find(name)!;
        Assert.NotEqual(MetricDirection.Neither, metric.Better);
        var whole = new MetricReference(Real("held-out")) { Truth = Truth, MatchedPoints = 100, Directions = 8 };
        foreach (int label in (int[])[0, 1])
        {
            var real = whole.OfClass(label);
            double good = Value(Real("second"), real, 0), bad = Value(Real("second"), real, label == 0 ? 2 : -2);
            Assert.True((int)metric.Better * (good - bad) > 0, FormattableString.Invariant($"{name}: {good} of real points, {bad} of shifted ones"));
        }

        double Value(LabeledData samples, MetricReference real, double shift)
        {
            var labels = full([Count], real.Label!.Value, ScalarType.Int64);
            var points = samples.OfClass(real.Label.Value) + shift;
            return metric.Measure!(new(new(points, labels, 2), real) { Seen = Truth.LogPosterior(points, NoiseLevel.Clean).argmax(1) }).Value;
        }
    }

    [Fact]
    public void What_is_prepared_for_all_sets_outlives_the_first()
    {
        using var scope = NewDisposeScope();
        var real = new MetricReference(Real("held-out"));
        foreach (var metric in (Metric[])[FrechetDistance.Metric, PrecisionRecall.RecallMetric, SlicedWasserstein.Metric])
        {
            double[] values = [.. Enumerable.Range(0, 2).Select(_ =>
            {
                using var inner = NewDisposeScope();
                return metric.Measure!(new(Real("second"), real)).Value;
            })];
            Assert.Equal(values[0], values[1]);
        }
        Assert.Equal(SlicedWasserstein.Distance(Real("second").Points, real.Points), SlicedWasserstein.Metric.Measure!(new(Real("second"), real)).Value, 1e-14);
    }

    [Fact]
    public void Distances_to_the_nearest_of_the_own_class_are_one_of_each_sample()
    {
        using var scope = NewDisposeScope();
        var heldOut = new LabeledData(tensor(new float[] { 0, 10 }).reshape(2, 1), tensor(new long[] { 0, 1 }), 2);
        var samples = new LabeledData(tensor(new float[] { 9, 8 }).reshape(2, 1), tensor(new long[] { 0, 1 }), 2);
        var found = NearestDistance.Metric.Measure!(new(samples, new(heldOut)));
        Assert.Equal([9f, 2f], found.Each!.data<float>().ToArray());
        Assert.Equal(5.5, found.Value);
    }

    [Fact]
    public void Data_without_a_closed_form_or_a_classifier_have_fewer()
    {
        var names = MetricRegistry.For(MetricNeeds.Points | MetricNeeds.Features).Select(metric => metric.Name).ToList();
        Assert.Contains("nn-distance", names);
        Assert.Contains("frechet", names);
        Assert.DoesNotContain("log-density", names);
        Assert.DoesNotContain("label-agreement", names);
        Assert.DoesNotContain("wasserstein-1", names);
        Assert.DoesNotContain("seconds", names);
    }

    private static LabeledData Real(string purpose)
    {
        var labels = arange(2, ScalarType.Int64).repeat(Count);
        return new(Truth.Sample(labels, RandomKey.From(3, purpose)), labels, 2);
    }
}
