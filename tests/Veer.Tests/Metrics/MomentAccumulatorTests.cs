using CsCheck;
using Veer.Metrics;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Metrics;

public class MomentAccumulatorTests
{
    [Fact]
    public void Golden_moments_come_back()
    {
        using var scope = NewDisposeScope();
        var golden = GoldenFile.Load("fid_64.safetensors");
        var moments = FeatureMoments.Compute(golden["x1"]);
        Assert.True(moments.Mean.allclose(golden["mu1"], rtol: 0, atol: 1e-13));
        Assert.True(moments.Covariance.allclose(golden["sigma1"], rtol: 0, atol: 1e-12));
        Assert.Equal((400, 64L, false), (moments.Count, moments.Size, moments.FewSamples));
    }

    [Fact]
    public void Batches_of_any_sizes_give_the_moments_of_the_whole() => Gen.Int[0, 12].Array[1, 12].SampleFixed(
        sizes =>
        {
            using var scope = NewDisposeScope();
            long count = sizes.Sum() + 2;
            var points = RandomKey.From(12, "points").Normal(0, count, [3]);
            using var accumulator = new MomentAccumulator(3);
            accumulator.Add(points.narrow(0, 0, 2));
            long first = 2;
            foreach (int size in sizes)
            {
                accumulator.Add(points.narrow(0, first, size));
                first += size;
            }
            var (parts, whole) = (accumulator.Moments(), FeatureMoments.Compute(points));
            Assert.Equal(count, parts.Count);
            Assert.True(parts.Mean.allclose(whole.Mean, rtol: 0, atol: 1e-13));
            Assert.True(parts.Covariance.allclose(whole.Covariance, rtol: 0, atol: 1e-12));
        });

    [Fact]
    public void More_rows_than_are_widened_at_a_time_and_a_mean_far_off_lose_no_digits()
    {
        using var scope = NewDisposeScope();
        var points = arange(10_000, ScalarType.Float64).remainder(2).unsqueeze(1) + 1e9;
        var moments = FeatureMoments.Compute(points);
        Assert.Equal(1e9 + 0.5, moments.Mean.item<double>());
        Assert.Equal(0.25 * 10_000 / 9_999, moments.Covariance.item<double>(), 1e-12);
    }

    [Fact]
    public void Moments_stay_when_more_is_added_and_leave_no_tensor_behind()
    {
        using var scope = NewDisposeScope();
        using var accumulator = new MomentAccumulator(2);
        accumulator.Add(eye(2));
        var moments = accumulator.Moments();
        Assert.Equal(0.5, moments.Covariance[0, 0].item<double>());
        using (var inner = NewDisposeScope())
        {
            accumulator.Add(ones(5, 2));
            Assert.Equal(1, inner.DisposablesCount);
        }
        Assert.Equal(0.5, moments.Covariance[0, 0].item<double>());
        Assert.Equal(7, accumulator.Count);
    }

    [Fact]
    public void What_is_no_feature_is_refused_and_not_counted()
    {
        using var scope = NewDisposeScope();
        using var accumulator = new MomentAccumulator(2);
        Assert.Throws<ArgumentException>(() => accumulator.Add(zeros(4, 3)));
        Assert.Throws<ArgumentException>(() => accumulator.Add(zeros(2)));
        Refusal.Of(() => accumulator.Add(tensor(new[,] { { 0, 1 }, { float.NaN, 0 } })), "moments: row 1 of the features: found a value that");
        accumulator.Add(zeros(1, 2));
        Refusal.Of(() => accumulator.Moments(), "moments: features: found 1, expected at least 2");
        Assert.Throws<ArgumentOutOfRangeException>(() => new MomentAccumulator(0));
    }
}
