using Veer.Metrics;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Metrics;

public class EnergyDistanceTests
{
    [Theory]
    [InlineData(0.5)]
    [InlineData(1.0)]
    [InlineData(3.0)]
    public void Two_Gaussians_on_a_line_are_as_far_apart_as_the_closed_form_says(double shift)
    {
        using var scope = NewDisposeScope();
        const int Count = 4000;
        // quantiles: Φ(x) = (1 + erf(x / √2)) / 2
        var points = ((arange(Count, ScalarType.Float64) + 0.5) / Count * 2 - 1).erfinv().unsqueeze(1) * Math.Sqrt(2);
        // x - y is normal, of mean the shift and variance 2
        double apart = 2 / Math.Sqrt(Math.PI) * Math.Exp(-shift * shift / 4) + shift * tensor(shift / 2, ScalarType.Float64).erf().item<double>();
        Assert.Equal(2 * apart - 4 / Math.Sqrt(Math.PI), EnergyDistance.Distance(points, points + shift), 1e-3);
    }

    [Fact]
    public void Single_points_are_twice_their_distance_apart()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(10, EnergyDistance.Distance(tensor(new[] { 0.0, 0 }).reshape(1, 2), tensor(new[] { 3.0, -4 }).reshape(1, 2)));
    }

    [Fact]
    public void Equal_sets_are_at_zero_and_a_set_and_its_copies_too()
    {
        using var scope = NewDisposeScope();
        var points = Points("points", 300);
        Assert.Equal(0, EnergyDistance.Distance(points, points));
        Assert.Equal(0, EnergyDistance.Distance(points, points, limit: 100, seed: 3));
        Assert.Equal(0, EnergyDistance.Distance(points, points.repeat(3, 1).flip(0)), 1e-13);
    }

    [Fact]
    public void It_is_symmetric_and_a_double_loop_gives_the_same()
    {
        using var scope = NewDisposeScope();
        var (points, others) = (Points("points", 7), Points("others", 5) * 2);
        double distance = EnergyDistance.Distance(points, others);
        Assert.Equal(distance, EnergyDistance.Distance(others, points), 1e-13);
        Assert.Equal(2 * Mean(points, others) - Mean(points, points) - Mean(others, others), distance, 1e-13);
        Assert.Equal(3 * distance, EnergyDistance.Distance(points * 3 + 7, others * 3 + 7), 1e-12);
    }

    [Fact]
    public void In_many_dimensions_products_give_what_a_double_loop_does()
    {
        using var scope = NewDisposeScope();
        var points = RandomKey.From(9, "wide").Normal(0, 40, [100]).to(ScalarType.Float64) + 1000;
        var others = points.narrow(0, 0, 30) * 1.1 - 99;
        double expected = 2 * Mean(points, others) - Mean(points, points) - Mean(others, others);
        Assert.Equal(expected, EnergyDistance.Distance(points, others), 1e-8);
        Assert.Equal(0, EnergyDistance.Distance(points, points));
    }

    [Fact]
    public void Subsets_follow_the_seed_and_pairs_come_in_chunks()
    {
        using var scope = NewDisposeScope();
        var (points, others) = (Points("points", 2500), Points("others", 2300) * 2);
        double all = EnergyDistance.Distance(points, others), some = EnergyDistance.Distance(points, others, limit: 1000, seed: 4);
        Assert.Equal(some, EnergyDistance.Distance(points, others, limit: 1000, seed: 4));
        Assert.NotEqual(some, EnergyDistance.Distance(points, others, limit: 1000, seed: 5), 1e-6);
        Assert.Equal(all, some, 0.1 * all);
        Assert.Equal(all, EnergyDistance.Distance(points, others, limit: 2500));
    }

    [Fact]
    public void Sets_that_do_not_fit_are_refused_in_one_line()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => EnergyDistance.Distance(zeros(3, 2), zeros(3, 4)));
        Assert.Throws<ArgumentOutOfRangeException>("limit", () => EnergyDistance.Distance(zeros(3, 2), zeros(3, 2), limit: 0));
        Refusal.Of(() => EnergyDistance.Distance(zeros(0, 2), zeros(3, 2)), "energy-distance: samples: found none, expected at least 1");
        Refusal.Of(() => EnergyDistance.Distance(full(3, 2, float.NaN), zeros(3, 2)), "energy-distance: row 0 of the samples: found a value that is not finite");
    }

    private static double Mean(Tensor points, Tensor others)
    {
        double sum = 0;
        for (int i = 0; i < points.shape[0]; i++)
            for (int j = 0; j < others.shape[0]; j++) sum += (points[i] - others[j]).norm().item<double>();
        return sum / points.shape[0] / others.shape[0];
    }

    private static Tensor Points(string purpose, long count) => RandomKey.From(9, purpose).Normal(0, count, [3]).to(ScalarType.Float64);
}
