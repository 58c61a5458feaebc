using Veer.Data;
using Veer.Evaluation;
using Veer.Metrics;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Evaluation;

/// <summary>Errors from subsets: what few of them may say, and what noise of its own a number has.</summary>
public sealed class SubsamplingTests
{
    /// <summary>Student's 97.5 % points, as tables have them, over that of a normal distribution.</summary>
    [Theory]
    [InlineData(2, 12.706)]
    [InlineData(3, 4.303)]
    [InlineData(5, 2.776)]
    [InlineData(6, 2.571)]
    [InlineData(10, 2.262)]
    [InlineData(20, 2.093)]
    [InlineData(40, 2.023)]
    public void Few_subsets_widen_an_interval_as_Students_distribution_says(int count, double quantile)
    {
        double[] replicates = [.. Enumerable.Range(0, count).Select(i => (double)i)];
        double variance = count * (count + 1) / 12.0;
        // of halves the spread is that of the whole
        Assert.Equal(quantile / 1.95996, new Subsampling(2, count).Error(replicates, 1000, int.MaxValue) / Math.Sqrt(variance), 3e-3 * quantile);
    }

    [Theory]
    [InlineData(2100, 1, 100)]
    [InlineData(2100, 2, 100)]
    [InlineData(2100, 4, 33)]
    [InlineData(2100, 10, 11)]
    [InlineData(1500, 2, 10)]     // ten cover it
    public void The_kernel_distance_of_a_subset_has_the_noise_that_that_of_the_whole_has(int count, int divisor, int subsets)
    {
        using var scope = NewDisposeScope();
        var (samples, real) = (RandomKey.From(0, "samples").Normal(0, count, [2]), RandomKey.From(0, "real").Normal(0, count, [2]));
        using var reference = new MetricReference(LabeledData.OfOneClass(real)) { Divisor = divisor };
        double found = KernelDistance.Metric.Measure!(new(LabeledData.OfOneClass(samples), reference)).Value;
        Assert.Equal(KernelDistance.Compute(samples, real, subsets).Mean, found, 1e-12);
    }
}
