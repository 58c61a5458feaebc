using Veer.Metrics;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Metrics;

public class KernelDistanceTests
{
    [Theory]
    [InlineData("metrics_a")]
    [InlineData("metrics_b")]
    public void Golden_distances_come_back(string name)
    {
        using var scope = NewDisposeScope();
        var golden = GoldenFile.Load(name + ".safetensors");
        var numbers = GoldenFile.Json("metrics.json").GetProperty("features").EnumerateArray()
            .Single(item => item.GetProperty("name").GetString() == name);
        var (real, fake) = (golden["real"], golden["fake"]);
        Assert.Equal(numbers.GetProperty("kid_unbiased").GetDouble(), KernelDistance.Unbiased(fake, real), 1e-9);
        double[] expected = golden["kid_subset"].data<double>().ToArray();
        for (int i = 0; i < expected.Length; i++)
        {
            var (ofReal, ofFake) = (real.index_select(0, golden["subset_real"][i]), fake.index_select(0, golden["subset_fake"][i]));
            Assert.Equal(expected[i], KernelDistance.Unbiased(ofFake, ofReal), 1e-9);
        }
    }

    [Fact]
    public void It_is_symmetric_and_a_double_loop_gives_the_same()
    {
        using var scope = NewDisposeScope();
        var (points, others) = (Points("points", 7), Points("others", 5) + 0.5);
        double distance = KernelDistance.Unbiased(points, others);
        Assert.Equal(distance, KernelDistance.Unbiased(others, points), 1e-12);
        Assert.Equal(MeanKernel(points, points) + MeanKernel(others, others) - 2 * MeanKernel(points, others), distance, 1e-12);
    }

    [Fact]
    public void Subsets_as_large_as_both_sets_are_the_sets()
    {
        using var scope = NewDisposeScope();
        var (points, others) = (Points("points", 40), Points("others", 40) * 2);
        var distance = KernelDistance.Compute(points, others, subsets: 3);
        Assert.Equal(KernelDistance.Unbiased(points, others), distance.Mean, 1e-12);
        Assert.Equal(0, distance.Spread, 1e-12);
        Assert.Equal((3, 40), (distance.Subsets, distance.SubsetSize));
    }

    // Subsets that overlap are measured together, others one by one.
    [Theory]
    [InlineData(20, 200)]
    [InlineData(2, 20)]
    public void It_is_the_mean_of_its_subsets(int subsets, int size)
    {
        using var scope = NewDisposeScope();
        var (points, others) = (Points("points", 300), Points("others", 400) + 0.3);
        double mean = Enumerable.Range(0, subsets).Average(i => KernelDistance.Unbiased(Taken(points, "kernel-samples", i), Taken(others, "kernel-reference", i)));
        Assert.Equal(mean, KernelDistance.Compute(points, others, subsets, size, seed: 4).Mean, 1e-12);

        Tensor Taken(Tensor all, string purpose, int i) => all.index_select(0, tensor(KeyedSubset.Rows(RandomKey.From(4, purpose).At(i), all.shape[0], size)));
    }

    [Fact]
    public void Subsets_follow_the_seed_and_are_others_for_either_set()
    {
        using var scope = NewDisposeScope();
        var (points, others) = (Points("points", 300), Points("others", 250) * 2);
        var distance = KernelDistance.Compute(points, others, subsets: 20, subsetSize: 50, seed: 4);
        Assert.Equal(distance, KernelDistance.Compute(points, others, subsets: 20, subsetSize: 50, seed: 4));
        Assert.NotEqual(distance.Mean, KernelDistance.Compute(points, others, subsets: 20, subsetSize: 50, seed: 5).Mean, 1e-6);
        Assert.InRange(KernelDistance.Unbiased(points, others), distance.Mean - distance.Spread, distance.Mean + distance.Spread);
        // the same rows from a set and itself would give the same negative bias in each
        double itself = KernelDistance.Compute(points, points, subsets: 20, subsetSize: 50).Mean;
        Assert.NotEqual(itself, KernelDistance.Compute(points, points, subsets: 1, subsetSize: 50).Mean, 1e-6);
        Assert.InRange(itself, -0.2, 0.2);
    }

    [Fact]
    public void Two_samples_of_one_distribution_are_at_zero_within_the_spread_whatever_their_size()
    {
        using var scope = NewDisposeScope();
        foreach (int size in (int[])[50, 400])
        {
            var distance = KernelDistance.Compute(Points("points", 4000), Points("others", 4000), subsets: 50, subsetSize: size);
            Assert.InRange(Math.Abs(distance.Mean), 0, 3 * distance.Spread / Math.Sqrt(50));
            Assert.InRange(distance.Spread, 1e-4, 0.5);
        }
    }

    [Fact]
    public void Sets_that_do_not_fit_are_refused_in_one_line()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => KernelDistance.Compute(zeros(3, 2), zeros(3, 4)));
        Refusal.Of(() => KernelDistance.Compute(zeros(1, 2), zeros(3, 2)), "kernel: samples: found 1, expected at least 2");
        Refusal.Of(() => KernelDistance.Unbiased(zeros(3, 2), zeros(1, 2)), "kernel: reference: found 1, expected at least 2");
        Refusal.Of(() => KernelDistance.Compute(full(3, 2, float.NaN), zeros(3, 2)), "kernel: row 0 of the samples: found a value that is not finite");
        Assert.Throws<ArgumentOutOfRangeException>(() => KernelDistance.Compute(zeros(3, 2), zeros(3, 2), subsetSize: 1));
    }

    /// <summary>The mean kernel of all pairs, of a point and itself left out where the sets are one.</summary>
    private static double MeanKernel(Tensor points, Tensor others)
    {
        double sum = 0;
        int pairs = 0;
        for (int i = 0; i < points.shape[0]; i++)
        {
            for (int j = 0; j < others.shape[0]; j++)
            {
                if (i == j && ReferenceEquals(points, others)) continue;
                sum += Math.Pow(points[i].dot(others[j]).item<double>() / points.shape[1] + 1, 3);
                pairs++;
            }
        }
        return sum / pairs;
    }

    private static Tensor Points(string purpose, long count) => RandomKey.From(13, purpose).Normal(0, count, [4]).to(ScalarType.Float64);
}
