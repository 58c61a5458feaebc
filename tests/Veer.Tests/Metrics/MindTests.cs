using Veer.Metrics;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Metrics;

public class MindTests
{
    [Fact]
    public void In_the_plane_numpy_gives_the_same_of_sets_of_unequal_size()
    {
        using var scope = NewDisposeScope();
        // angles = (np.arange(1000) + 0.5) * np.pi / 1000; axes = np.stack([np.cos(angles), np.sin(angles)])
        // mine, theirs = np.sort(samples @ axes, 0), np.sort(unseen @ axes, 0); n, m = len(mine), len(theirs)
        // 3 * 2 * ((np.repeat(mine, m, 0) - np.repeat(theirs, n, 0)) ** 2).mean()
        Assert.Equal(0.08968078891897668, Mind.Distance(Waves.Samples(), Waves.Unseen()), 1e-12);
    }

    [Theory]
    [InlineData(1, 1e-12)]
    [InlineData(2, 1e-12)]
    [InlineData(40, 0.1)]
    public void Of_a_set_and_its_shifted_copy_it_is_three_times_the_squared_shift(int dimensions, double tolerance)
    {
        using var scope = NewDisposeScope();
        var points = Points("points", 200, dimensions);
        Assert.Equal(0, Mind.Distance(points, points.flip(0)), 1e-24);
        Assert.Equal(12, Mind.Distance(points, points + 2 / Math.Sqrt(dimensions)), 12 * tolerance);
    }

    [Fact]
    public void It_sees_what_two_moments_do_not()
    {
        using var scope = NewDisposeScope();
        // corners of a square against a normal of the same mean and covariance
        var corners = Points("corners", 2000, 2).sign();
        var (normal, second) = (Points("normal", 2000, 2), Points("second", 2000, 2));
        Assert.InRange(FrechetDistance.Compute(corners, normal).Value, 0, 0.01);
        Assert.True(Mind.Distance(corners, normal) > 20 * Mind.Distance(second, normal));
    }

    [Fact]
    public void It_is_symmetric_goes_with_the_square_of_the_unit_and_follows_the_seed()
    {
        using var scope = NewDisposeScope();
        var (points, others) = (Points("points", 60, 5), Points("others", 80, 5) * 2);
        double distance = Mind.Distance(points, others, seed: 1);
        Assert.Equal(distance, Mind.Distance(others, points, seed: 1), 1e-12);
        Assert.Equal(9 * distance, Mind.Distance(points * 3, others * 3, seed: 1), 1e-11);
        Assert.NotEqual(distance, Mind.Distance(points, others, seed: 2), 1e-9);
        Assert.Equal(distance, Mind.Distance(points, others, seed: 2), 0.1 * distance);
    }

    [Fact]
    public void Sets_that_do_not_fit_are_refused_in_one_line()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => Mind.Distance(zeros(3, 2), zeros(3, 4)));
        Refusal.Of(() => Mind.Distance(zeros(0, 2), zeros(3, 2)), "mind: samples: found none, expected at least 1");
    }

    private static Tensor Points(string purpose, long count, int dimensions) =>
        RandomKey.From(13, purpose).Normal(0, count, [dimensions]).to(ScalarType.Float64);
}
