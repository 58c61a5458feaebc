using TorchSharp;
using Veer.Diffusion;
using Veer.Sampling;
using Veer.Tests.Metrics;
using Veer.Trajectories;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Trajectories;

public sealed class TrajectoryShapeTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void A_straight_path_has_bend_one_however_fast_it_is_walked()
    {
        var pace = tensor(new[] { 0, 0.1, 0.5, 1 }).reshape(4, 1, 1);
        Assert.Equal(1, TrajectoryShape.Bend(Path(pace * Normal(50, 3) + Normal(50, 3))), 1e-12);
        Assert.Equal(1, TrajectoryShape.Bend(Path(tensor(new[,] { { 0.0, 5 }, { 1, 3 } }))), 1e-12);
    }

    [Fact]
    public void A_half_circle_has_bend_pi_over_two_whatever_its_size()
    {
        var angle = linspace(0, Math.PI, 1000, ScalarType.Float64);
        var circle = stack([angle.cos(), angle.sin()], 1).unsqueeze(1);
        Assert.Equal(Math.PI / 2, TrajectoryShape.Bend(Path(circle * tensor(new[] { 1.0, 2, 7 }).reshape(1, 3, 1))), 1e-5);
    }

    [Fact]
    public void A_sample_that_ends_where_it_began_adds_its_path_alone()
    {
        // one goes 3 straight on, one goes 1 and comes back
        var states = tensor(new[,] { { 0.0, 0 }, { 1, 1 }, { 3, 0 } });
        Assert.Equal((3 + 2) / 3.0, TrajectoryShape.Bend(Path(states)), 1e-12);
        Assert.Equal(double.PositiveInfinity, TrajectoryShape.Bend(Path(states.narrow(1, 1, 1))));
    }

    [Fact]
    public void Distances_are_to_each_levels_own_boundary()
    {
        // the boundary stands at 10 times the noise: 10, 5 and 0
        var classifier = new Formula((x, level) => x.select(1, 0) - 10 * level.Sigma);
        var trajectory = Path(tensor(new[,] { { 0.0, 20 }, { 4, 4 }, { 2, -3 } }));
        var found = TrajectoryShape.BoundaryDistance(trajectory, classifier);
        // of the first sample 10, 1, 2; of the second 10, 1, 3
        Assert.Equal((13 / 3.0 + 14 / 3.0) / 2, found.Mean, 1e-4);
        Assert.Equal(1, found.Least, 1e-4);
        Assert.Equal(3, found.Levels);
    }

    [Fact]
    public void A_level_without_a_boundary_is_left_out()
    {
        var classifier = new Formula((x, level) => x.select(1, 0) - (level.Sigma > 0.7 ? 1e6 : 0));
        var trajectory = Path(tensor(new[,] { { 0.0, 20 }, { 4, 4 }, { 2, -3 } }));
        var found = TrajectoryShape.BoundaryDistance(trajectory, classifier);
        Assert.Equal(((4 + 2) / 2.0 + (4 + 3) / 2.0) / 2, found.Mean, 1e-4);
        Assert.Equal(2.5, found.Least, 1e-4);
        Assert.Equal(2, found.Levels);
        var none = TrajectoryShape.BoundaryDistance(trajectory, new Formula((x, _) => ones(x.shape[0])));
        Assert.Equal(new(double.PositiveInfinity, double.PositiveInfinity, 0), none);
    }

    [Fact]
    public void In_the_plane_points_pushed_away_from_a_line_keep_farther_from_it()
    {
        var classifier = new Formula((x, _) => x.sum(1));
        var start = Normal(400, 2);
        var pushed = start.sum(1, keepdim: true).sign() * tensor(new[] { 0, 0.5, 1.0 }).reshape(3, 1, 1);
        var (near, far) = (TrajectoryShape.BoundaryDistance(Path(start + pushed), classifier),
            TrajectoryShape.BoundaryDistance(Path(start + 2 * pushed), classifier));
        // pushed by (d, d), a point is d · sqrt(2) farther away
        Assert.Equal(near.Mean + Math.Sqrt(2) / 2, far.Mean, 1e-3);
        Assert.Equal(near.Least, far.Least, 1e-3);
    }

    [Fact]
    public void Programming_errors_are_named()
    {
        Assert.Throws<ArgumentException>(() => TrajectoryShape.Bend(Path(zeros(1, 3))));
        Assert.Throws<ArgumentException>(() => TrajectoryShape.BoundaryDistance(Path(zeros(2, 3)), []));
    }

    /// <summary>States whose noise falls evenly from 1 to 0.</summary>
    private static Trajectory Path(Tensor states)
    {
        int steps = (int)states.shape[0] - 1;
        return new(states, [.. Enumerable.Range(0, steps + 1).Select(i => new NoiseLevel(i, steps - i)).Select(l => new NoiseLevel(
            l.Alpha / Math.Max(steps, 1), l.Sigma / Math.Max(steps, 1)))]);
    }

    private static Tensor Normal(long count, int dimensions) =>
        RandomKey.From(0, "points").Normal(0, count, [dimensions]).to(ScalarType.Float64);
}
