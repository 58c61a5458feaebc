using TorchSharp;
using Veer.ClosedForm;
using Veer.Data;
using Veer.Metrics;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Metrics;

public sealed class DensityMetricsTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    // class 0 N(-2, 1), class 1 N(2, 1), equally likely
    private readonly GaussianMixture truth = new(
        ones(2), tensor(new[] { -2.0, 2 }).reshape(2, 1), ones(2, 1, 1), tensor(new[] { 0L, 1 }));

    public void Dispose()
    {
        truth.Dispose();
        scope.Dispose();
    }

    [Fact]
    public void Off_class_counts_the_samples_on_the_other_side()
    {
        Assert.Equal(0.5, DensityMetrics.OffClassShare(truth, Points((-1, 0), (1, 0), (0.1, 1), (-0.1, 1))), 12);
        Assert.Equal(0, DensityMetrics.OffClassShare(truth, Points((-1, 0), (30, 1))), 12);
    }

    [Fact]
    public void Log_density_is_the_mean_under_the_samples_own_class()
    {
        double expected = -0.5 * Math.Log(2 * Math.PI) - 0.25 * (1 + 9);
        Assert.Equal(expected, DensityMetrics.MeanLogDensity(truth, Points((-1, 0), (-1, 1))), 9);
    }

    [Fact]
    public void One_real_sample_in_a_hundred_is_an_outlier()
    {
        var real = Real("threshold");
        double[] thresholds = DensityMetrics.OutlierThresholds(truth, real);
        // two-sided 1% of a normal: 2.5758 standard deviations
        double expected = -0.5 * Math.Log(2 * Math.PI) - 0.5 * 2.5758 * 2.5758;
        Assert.All(thresholds, found => Assert.Equal(expected, found, 0.15));
        Assert.Equal(0.01, DensityMetrics.OutlierShare(truth, real, thresholds), 1e-4);
        Assert.Equal(0.01, DensityMetrics.OutlierShare(truth, Real("other"), thresholds), 0.002);
        Assert.Equal(0.75, DensityMetrics.OutlierShare(truth, Points((1, 0), (2, 1), (6, 1), (-8, 1)), thresholds), 12);
    }

    [Fact]
    public void A_sample_that_is_not_finite_is_off_its_class_and_an_outlier()
    {
        var samples = Points((double.NaN, 0), (double.PositiveInfinity, 1));
        Assert.Equal(1, DensityMetrics.OffClassShare(truth, samples));
        Assert.Equal(1, DensityMetrics.OutlierShare(truth, samples, [-10, -10]));
    }

    [Fact]
    public void A_class_without_real_samples_has_no_threshold() =>
        Assert.Throws<ArgumentException>("real", () => DensityMetrics.OutlierThresholds(truth, Points((1, 0))));

    private LabeledData Real(string purpose)
    {
        var labels = arange(20_000, ScalarType.Int64).remainder(2);
        return new LabeledData(truth.Sample(labels, RandomKey.From(1, purpose)), labels, 2);
    }

    private static LabeledData Points(params (double X, long Label)[] points) => new(
        tensor(points.Select(p => (float)p.X).ToArray()).unsqueeze(1), tensor(points.Select(p => p.Label).ToArray()), 2);
}
