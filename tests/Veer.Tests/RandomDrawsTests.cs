using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests;

/// <summary>Both ways in which numbers are drawn: the processor's, and the counted one of devices for which TorchSharp has no generator.</summary>
public sealed class RandomDrawsTests
{
    private const int Count = 200_000;
    private static readonly RandomKey Key = RandomKey.From(0, "draws");

    [Theory]
    [InlineData(ScalarType.Float32, false)]
    [InlineData(ScalarType.Float32, true)]
    [InlineData(ScalarType.Float64, false)]
    [InlineData(ScalarType.Float64, true)]
    public void Uniform_numbers_fill_the_interval_evenly(ScalarType type, bool counted)
    {
        using var scope = NewDisposeScope();
        using var draws = new RandomDraws(Key, CPU, counted);
        var numbers = draws.Uniform([Count], type);
        Assert.Equal(type, numbers.dtype);
        Assert.True((numbers.ge(0) & numbers.lt(1)).all().item<bool>());
        Even(numbers.mul(50).floor().to(ScalarType.Int64), 50);
    }

    [Theory]
    [InlineData(7, false)]
    [InlineData(7, true)]
    [InlineData(10, false)]
    [InlineData(10, true)]
    public void Whole_numbers_come_equally_often(int limit, bool counted)
    {
        using var scope = NewDisposeScope();
        using var draws = new RandomDraws(Key, CPU, counted);
        Even(draws.Below(limit, [Count]), limit);
        // the largest limit there is
        var large = draws.Below(1L << 62, [Count]);
        Assert.True(large.ge(0).all().item<bool>());
        Even(large.bitwise_right_shift(tensor(59L)), 8);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Normal_numbers_have_the_moments_and_every_call_draws_others(bool counted)
    {
        using var scope = NewDisposeScope();
        using var draws = new RandomDraws(Key, CPU, counted);
        var (first, second) = (draws.Normal([Count / 2, 1, 2]), draws.Normal([Count / 2, 1, 2]));
        Assert.Equal([Count / 2, 1, 2], first.shape);
        // five standard errors
        Assert.InRange(first.to(ScalarType.Float64).mean().item<double>(), -5 / Math.Sqrt(Count), 5 / Math.Sqrt(Count));
        Assert.InRange(first.to(ScalarType.Float64).square().mean().item<double>() - 1, -5 * Math.Sqrt(2.0 / Count), 5 * Math.Sqrt(2.0 / Count));
        Assert.InRange((first * second).to(ScalarType.Float64).mean().item<double>(), -5 / Math.Sqrt(Count), 5 / Math.Sqrt(Count));
        Assert.InRange((draws.Uniform([Count]) - 0.5).mul_(draws.Uniform([Count]) - 0.5).to(ScalarType.Float64).mean().item<double>(), -5 / 12.0 / Math.Sqrt(Count), 5 / 12.0 / Math.Sqrt(Count));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Equal_keys_give_equal_draws_and_the_shapes_that_are_asked_for(bool counted)
    {
        using var scope = NewDisposeScope();
        Tensor[] All(RandomKey key)
        {
            using var draws = new RandomDraws(key, CPU, counted);
            return [draws.Uniform([3, 1, 4]), draws.UniformLike(ones(2, 5, ScalarType.BFloat16)), draws.Normal([4, 3]), draws.Below(1000, [6, 2])];
        }

        var (once, again, other) = (All(Key), All(Key), All(Key.At(1)));
        Assert.Equal([[3, 1, 4], [2, 5], [4, 3], [6, 2]], once.Select(tensor => tensor.shape));
        foreach (var (one, same, different) in once.Zip(again, other))
        {
            Assert.True(AnyTensor.Same(one, same));
            Assert.False(AnyTensor.Same(one, different));
        }
    }

    /// <summary>Counts within five standard deviations of their mean.</summary>
    private static void Even(Tensor numbers, int limit)
    {
        var counts = numbers.bincount(null, limit).to(ScalarType.Float64);
        double mean = (double)Count / limit, spread = Math.Sqrt(mean * (1 - 1.0 / limit));
        Assert.Equal(limit, counts.numel());
        Assert.True((counts - mean).abs().max().item<double>() < 5 * spread);
    }
}
