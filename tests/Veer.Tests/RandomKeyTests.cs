using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests;

public sealed class RandomKeyTests
{
    private static readonly RandomKey Key = RandomKey.From(0, "test");

    [Fact]
    public void A_samples_noise_does_not_depend_on_the_batch_it_is_drawn_in()
    {
        var whole = Key.Normal(0, 40, [3, 5]);
        foreach (var (first, count) in new (long, long)[] { (0, 1), (7, 9), (39, 1), (0, 40) })
            Assert.True(AnyTensor.Same(whole.narrow(0, first, count).contiguous(), Key.Normal(first, count, [3, 5])));
    }

    [Fact]
    public void Normal_noise_has_the_moments_of_a_standard_normal()
    {
        const int Count = 400_000;
        var x = Key.Normal(0, Count / 8, [8]).to(ScalarType.Float64).flatten();
        // five standard errors of each moment
        Assert.InRange(Moment(1), -5 * Math.Sqrt(1.0 / Count), 5 * Math.Sqrt(1.0 / Count));
        Assert.InRange(Moment(2) - 1, -5 * Math.Sqrt(2.0 / Count), 5 * Math.Sqrt(2.0 / Count));
        Assert.InRange(Moment(3), -5 * Math.Sqrt(15.0 / Count), 5 * Math.Sqrt(15.0 / Count));
        Assert.InRange(Moment(4) - 3, -5 * Math.Sqrt(96.0 / Count), 5 * Math.Sqrt(96.0 / Count));
        Assert.True(x.isfinite().all().item<bool>());

        double Moment(int power) => x.pow(power).mean().item<double>();
    }

    [Fact]
    public void Elements_and_neighbouring_samples_are_uncorrelated()
    {
        var x = Key.Normal(0, 100_000, [4]).to(ScalarType.Float64);
        var later = Key.Normal(1, 100_000, [4]).to(ScalarType.Float64);
        foreach (int element in Enumerable.Range(0, 4))
        {
            for (int other = 0; other < element; other++) Uncorrelated(x.select(1, element), x.select(1, other));
            Uncorrelated(x.select(1, element), later.select(1, element));
        }
    }

    [Fact]
    public void Seeds_purposes_and_indices_that_are_close_are_uncorrelated()
    {
        RandomKey[] keys =
        [
            .. Enumerable.Range(-2, 5).Select(seed => RandomKey.From(seed, "noise")), RandomKey.From(0, "noisf"), RandomKey.From(0, "nois"),
            RandomKey.From(0, ""), .. Enumerable.Range(-1, 3).Select(i => RandomKey.From(0, "noise").At(i)),
        ];
        Assert.Equal(keys.Length, keys.Distinct().Count());
        var counted = keys.Select(key => key.Normal(0, 20_000, [1]).to(ScalarType.Float64)).ToArray();
        var drawn = keys.Select(Drawn).ToArray();
        for (int i = 0; i < keys.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                Uncorrelated(counted[i], counted[j]);
                Uncorrelated(drawn[i], drawn[j]);
            }
        }

        static Tensor Drawn(RandomKey key)
        {
            using var generator = key.Generator();
            return randn([20_000], ScalarType.Float64, generator: generator);
        }
    }

    [Fact]
    public void Equal_keys_give_equal_draws_whatever_was_drawn_before()
    {
        Assert.Equal(RandomKey.From(3, "batch").At(7), RandomKey.From(3, "batch").At(7));
        using var first = Key.Generator();
        var draw = randn([100], generator: first);
        randn([17], generator: first);
        using var again = Key.Generator();
        Assert.True(AnyTensor.Same(draw, randn([100], generator: again)));
    }

    private static void Uncorrelated(Tensor a, Tensor b)
    {
        double correlation = (a * b).mean().item<double>();
        // standard normals: five standard errors
        Assert.InRange(correlation, -5 / Math.Sqrt(a.numel()), 5 / Math.Sqrt(a.numel()));
    }
}
