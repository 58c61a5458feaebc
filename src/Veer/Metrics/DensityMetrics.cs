using Veer.ClosedForm;
using Veer.Data;
using Veer.Diffusion;

namespace Veer.Metrics;

/// <summary>
/// Samples measured by the true distribution, where that is known. All densities are those of clean data, taken in float64. A sample that
/// is not finite counts as off its class and as an outlier.
/// </summary>
public static class DensityMetrics
{
    /// <summary>Share of real samples of a class that lie below its outlier threshold.</summary>
    public const double OutlierQuantile = 0.01;

    /// <summary>Of <see cref="OffClassShare"/>.</summary>
    public static Metric OffClassMetric { get; } = new(
        "off-class", "Off-class", MetricDirection.Lower,
        "Share of samples to which the true density gives another class than the one asked for.")
    {
        IsShare = true,
        Needs = MetricNeeds.Points | MetricNeeds.Truth,
        Evaluated = SampleKinds.None,
        Measure = set => new(OffClassShare(Truth(set), set.Samples)),
    };

    /// <summary>Of <see cref="OutlierShare"/>.</summary>
    public static Metric OutlierMetric { get; } = new(
        "outliers", "Outliers", MetricDirection.Lower,
        "Share of samples where the true density of the class is below its value at 99% of real points.")
    {
        IsShare = true,
        Needs = MetricNeeds.Points | MetricNeeds.Truth,
        Evaluated = SampleKinds.None,
        Measure = set => new(Outlying(Densities(set), set.Samples, set.Real.Whole.Once(() => OutlierThresholds(Truth(set), set.Real.HeldOut)))),
    };

    /// <summary>Of <see cref="MeanLogDensity"/>.</summary>
    public static Metric LogDensityMetric { get; } = new(
        "log-density", "Log-density", MetricDirection.Higher,
        "Mean log of the true density of the class at the samples.")
    {
        Needs = MetricNeeds.Points | MetricNeeds.Truth,
        Evaluated = SampleKinds.None,
        Measure = set => new(Mean(Densities(set))),
    };

    /// <summary>`off-class`: the share of samples whose true posterior of their own label is below one half.</summary>
    /// <param name="truth">The true distribution.</param>
    /// <param name="samples">[N, D] points with the labels that they were asked for.</param>
    public static double OffClassShare(GaussianMixture truth, LabeledData samples)
    {
        CheckLabels(samples, truth.Classes);
        using var scope = NewDisposeScope();
        var posterior = truth.LogPosterior(samples.Points.to(ScalarType.Float64), NoiseLevel.Clean);
        var own = posterior.gather(1, samples.Labels.unsqueeze(1)).squeeze(1);
        return 1 - Share(own >= Math.Log(0.5));
    }

    /// <summary>`log-density`: the mean true log p(x given label), in nats.</summary>
    /// <param name="truth">The true distribution.</param>
    /// <param name="samples">[N, D] points with the labels that they were asked for.</param>
    public static double MeanLogDensity(GaussianMixture truth, LabeledData samples) => Mean(LogDensity(truth, samples));

    /// <summary>Per class, the log p(x given label) below which <see cref="OutlierQuantile"/> of its real samples lie, in nats.</summary>
    /// <param name="truth">The true distribution.</param>
    /// <param name="real">[N, D] real points; every class must have some.</param>
    /// <exception cref="ArgumentException">A class without real samples.</exception>
    public static double[] OutlierThresholds(GaussianMixture truth, LabeledData real)
    {
        using var scope = NewDisposeScope();
        var density = tensor(LogDensity(truth, real));
        var thresholds = new double[real.Classes];
        for (int c = 0; c < real.Classes; c++)
        {
            var own = density[(real.Labels == c).cpu()];
            if (own.shape[0] == 0) throw new ArgumentException($"class {c} has no real sample", nameof(real));
            thresholds[c] = own.quantile(tensor(OutlierQuantile, ScalarType.Float64)).item<double>();
        }
        return thresholds;
    }

    /// <summary>`outliers`: the share of samples whose true log p(x given label) lies below their class's threshold.</summary>
    /// <param name="truth">The true distribution.</param>
    /// <param name="samples">[N, D] points with the labels that they were asked for.</param>
    /// <param name="thresholds">Of <see cref="OutlierThresholds"/>.</param>
    public static double OutlierShare(GaussianMixture truth, LabeledData samples, double[] thresholds)
    {
        CheckLabels(samples, thresholds.Length);
        return Outlying(LogDensity(truth, samples), samples, thresholds);
    }

    private static double Outlying(double[] densities, LabeledData samples, double[] thresholds)
    {
        using var scope = NewDisposeScope();
        return 1 - Share(tensor(densities) >= tensor(thresholds).index_select(0, samples.Labels.cpu()));
    }

    private static double Mean(double[] densities)
    {
        using var scope = NewDisposeScope();
        return tensor(densities).mean().item<double>();
    }

    /// <summary>[N] log p(x given label) of a set, for both metrics of it.</summary>
    private static double[] Densities(MetricSet set) => set.Once(() =>
    {
        CheckLabels(set.Samples, Truth(set).Classes);
        return new SetDensities(LogDensity(Truth(set), set.Samples));
    }).Log;

    private sealed record SetDensities(double[] Log);

    private static GaussianMixture Truth(MetricSet set) =>
        set.Real.Truth ?? throw new ArgumentException("densities want the true distribution", nameof(set));

    private static double[] LogDensity(GaussianMixture truth, LabeledData samples)
    {
        using var scope = NewDisposeScope();
        return [.. truth.LogDensity(samples.Points.to(ScalarType.Float64), NoiseLevel.Clean, samples.Labels).cpu().data<double>()];
    }

    private static void CheckLabels(LabeledData samples, int classes)
    {
        if (samples.Labels.numel() == 0 || samples.Labels.min().item<long>() < 0 || samples.Labels.max().item<long>() >= classes)
            throw new ArgumentException($"labels must be 0 to {classes - 1}, at least one of them", nameof(samples));
    }

    // asked of the good side: a comparison with NaN is false
    private static double Share(Tensor good) => good.to(ScalarType.Float64).mean().item<double>();
}
