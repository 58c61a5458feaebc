using Veer.Metrics;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Metrics;

public class FrechetInfinityTests
{
    [Theory]
    [InlineData(1.0, 0.0, 400)]
    [InlineData(1.1, 0.1, 400)]
    [InlineData(0.8, 0.2, 1000)]
    public void Of_Gaussians_it_is_nearer_to_the_closed_form_than_the_distance_of_as_many_samples(double scale, double shift, int count)
    {
        using var scope = NewDisposeScope();
        const int Dimensions = 24;
        var reference = new FrechetReference(new(zeros(Dimensions, ScalarType.Float64), eye(Dimensions, dtype: ScalarType.Float64)));
        // of normals of one shape: the squared shift, and the squared difference of the deviations, of every dimension
        double truth = Dimensions * (shift * shift + (scale - 1) * (scale - 1)), plain = 0, followed = 0;
        for (int i = 0; i < 6; i++)
        {
            var samples = Points($"samples{i}", count, Dimensions) * scale + shift;
            plain += (reference.Compare(FeatureMoments.Compute(samples)).Value - truth) / 6;
            followed += (FrechetInfinity.Compute(samples, reference, seed: i).Value - truth) / 6;
        }
        Assert.True(Math.Abs(followed) < 0.35 * plain, FormattableString.Invariant($"{followed} at infinity, {plain} of {count} samples"));
    }

    [Fact]
    public void The_slope_is_the_bias_that_theory_gives()
    {
        using var scope = NewDisposeScope();
        // of N(0, I) against itself: D / n of the mean, and D (D + 1) / (4 n) of the covariance
        const int Dimensions = 20;
        var reference = new FrechetReference(new(zeros(Dimensions, ScalarType.Float64), eye(Dimensions, dtype: ScalarType.Float64)));
        var found = FrechetInfinity.Compute(Points("samples", 4000, Dimensions), reference);
        Assert.Equal(Dimensions + Dimensions * (Dimensions + 1) / 4.0, found.Slope, 0.1 * found.Slope);
        Assert.False(found.FewSamples);
    }

    [Fact]
    public void It_is_the_intercept_of_the_distances_of_its_subsets()
    {
        using var scope = NewDisposeScope();
        var (samples, others) = (Points("samples", 90, 7), Points("others", 70, 7) * 1.4);
        var moments = FeatureMoments.Compute(others);
        var sizes = FrechetInfinity.SubsetSizes(90, 7).ToArray();
        Assert.Equal((14, 90, 15), (sizes[0], sizes[^1], sizes.Length));
        var distances = sizes.Select((size, i) =>
        {
            var rows = tensor(KeyedSubset.Rows(RandomKey.From(5, "frechet-infinity").At(i), 90, size));
            return FrechetDistance.Compute(FeatureMoments.Compute(samples.index_select(0, rows)), moments).Value;
        });
        // normal equations of [1, 1/n]
        var design = stack([ones(15, ScalarType.Float64), tensor(sizes).to(ScalarType.Float64).reciprocal()], 1);
        var line = linalg.solve(design.t().matmul(design), design.t().matmul(tensor(distances.ToArray())));
        var found = FrechetInfinity.Compute(samples, others, seed: 5);
        Assert.Equal(line[0].item<double>(), found.Value, 1e-9);
        Assert.Equal(line[1].item<double>(), found.Slope, 1e-7);
        Assert.NotEqual(found.Value, FrechetInfinity.Compute(samples, others, seed: 6).Value, 1e-6);
    }

    [Theory]
    [InlineData(50_000, 2048, 5000)]
    [InlineData(10_000, 2048, 4096)]
    [InlineData(1000, 2048, 500)]
    [InlineData(1000, 2, 100)]
    [InlineData(3, 1, 2)]
    public void Subsets_begin_at_a_tenth_at_twice_the_dimensions_or_at_half_of_the_samples(long count, long dimensions, long least)
    {
        long[] sizes = [.. FrechetInfinity.SubsetSizes(count, dimensions)];
        Assert.Equal((least, count), (sizes[0], sizes[^1]));
        Assert.Equal(sizes.Distinct().Order(), sizes);
        Assert.InRange(sizes.Length, 2, 15);
    }

    [Theory]
    [InlineData("fid_64")]
    [InlineData("fid_192")]
    [InlineData("fid_192_deficient")]
    public void By_eigenvalues_alone_a_distance_is_the_same_but_for_a_few_digits(string name)
    {
        using var scope = NewDisposeScope();
        var golden = GoldenFile.Load(name + ".safetensors");
        foreach (var (x, y) in new[] { (golden["x1"], golden["x2"]), (golden["x2"], golden["x1"]), (golden["x1"].narrow(0, 0, 30), golden["x2"]) })
        {
            double exact = FrechetDistance.Compute(x, y).Value;
            Assert.Equal(exact, new FrechetReference(FeatureMoments.Compute(y)).Estimate(x), 1e-8 * exact);
        }
    }

    [Fact]
    public void Badly_conditioned_covariances_keep_their_small_directions()
    {
        using var scope = NewDisposeScope();
        // standard deviations from 1 to 1e-4, of which most are small
        var scale = (arange(60, ScalarType.Float64) * (-Math.Log(1e4) / 59)).exp();
        var (turn, _) = linalg.qr(Points("turn", 60, 60));
        Tensor samples = (Points("samples", 300, 60) * scale).matmul(turn), others = (Points("others", 200, 60) * scale * 1.2).matmul(turn);
        double exact = FrechetDistance.Compute(samples, others).Value;
        Assert.Equal(exact, new FrechetReference(FeatureMoments.Compute(others)).Estimate(samples), 1e-6 * exact);
    }

    [Fact]
    public void With_fewer_samples_than_dimensions_it_says_so_and_still_takes_off_bias()
    {
        using var scope = NewDisposeScope();
        var reference = new FrechetReference(new(zeros(64, ScalarType.Float64), eye(64, dtype: ScalarType.Float64)));
        var samples = Points("samples", 50, 64);
        var found = FrechetInfinity.Compute(samples, reference);
        Assert.True(found.FewSamples);
        Assert.InRange(found.Value, -10, 0.7 * reference.Compare(FeatureMoments.Compute(samples)).Value);
    }

    [Fact]
    public void Points_all_alike_are_at_the_distance_of_their_mean()
    {
        using var scope = NewDisposeScope();
        var found = FrechetInfinity.Compute(ones(12, 3), zeros(9, 3));
        Assert.Equal((3.0, 0.0), (found.Value, found.Slope));
    }

    [Fact]
    public void Sets_that_do_not_fit_are_refused_in_one_line()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => FrechetInfinity.Compute(zeros(3, 2), zeros(3, 4)));
        Refusal.Of(() => FrechetInfinity.Compute(zeros(2, 2), zeros(3, 2)), "frechet-infinity: samples: found 2, expected at least 3");
        Refusal.Of(() => FrechetInfinity.Compute(full(3, 2, float.NaN), zeros(3, 2)), "frechet-infinity: row 0 of the samples: found a value that is not");
    }

    private static Tensor Points(string purpose, long count, int dimensions) =>
        RandomKey.From(12, purpose).Normal(0, count, [dimensions]).to(ScalarType.Float64);
}
