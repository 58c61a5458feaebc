using TorchSharp;
using Veer.ClosedForm;
using Veer.Diffusion;
using Veer.Tests.Metrics;
using Veer.Trajectories;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Trajectories;

public sealed class DecisionBoundaryTests : IDisposable
{
    private static readonly NoiseLevel[] Levels = [NoiseLevel.Clean, new(0.8, 0.6), new(0.3, Math.Sqrt(0.91)), new(1, 5), new(0.5, 0.5)];
    private static readonly Box Square = new([-3, -3], [3, 3]);

    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void Between_two_equal_gaussians_on_a_line_it_is_the_middle_at_every_level()
    {
        var classifier = Classifier(new[,] { { -1.0 }, { 1.0 } }, 0.5, 0.5);
        foreach (var level in Levels)
        {
            var boundary = DecisionBoundary.Find(classifier, level, new([-4.1], [4]));
            Assert.Equal(0, Assert.Single(boundary.Roots), 1e-5);
            Assert.False(boundary.IsEmpty);
            Assert.Empty(boundary.Segments);
            var points = linspace(-3, 3, 7).reshape(7, 1);
            Near.Absolute(points.abs().squeeze(1), boundary.Distance(points), 1e-5);
        }
    }

    [Fact]
    public void Between_gaussians_of_unequal_width_it_is_the_two_roots_of_the_quadratic()
    {
        var classifier = Classifier(new[,] { { -1.0 }, { 1.0 } }, 0.8, 0.3);
        foreach (var (a, b) in Levels)
        {
            var (wide, narrow) = (a * a * 0.64 + b * b, a * a * 0.09 + b * b);
            // (x + a)² / wide + log wide = (x - a)² / narrow + log narrow
            double square = 1 / wide - 1 / narrow, half = a / wide + a / narrow;
            double rest = a * a * square + Math.Log(wide / narrow);
            double root = Math.Sqrt(half * half - square * rest);
            double[] expected = [(-half + root) / square, (-half - root) / square];
            var found = DecisionBoundary.Find(classifier, new(a, b), new([expected[0] - 1.1], [expected[1] + 1.3]));
            Assert.Equal(2, found.Roots.Length);
            for (int i = 0; i < 2; i++) Assert.Equal(expected[i], found.Roots[i], 1e-4 * (expected[1] - expected[0]));
            double right = expected[1] - found.Distance(full([1, 1], expected[1] - 0.1, ScalarType.Float64)).item<double>();
            Assert.Equal(expected[1] - 0.1, right, 1e-3);
        }
    }

    [Fact]
    public void Between_two_equal_gaussians_in_the_plane_it_is_their_bisector()
    {
        var classifier = Classifier(new[,] { { 1.0, -0.5 }, { -0.4, 0.7 } }, 0.4, 0.4);
        var points = RandomKey.From(0, "points").Normal(0, 500, [2]);
        foreach (var level in Levels)
        {
            // the bisector of a · (1, -0.5) and a · (-0.4, 0.7) has the normal (1.4, -1.2) and goes through a · (0.3, 0.1)
            double length = Math.Sqrt(1.4 * 1.4 + 1.2 * 1.2);
            var expected = (points.matmul(tensor(new[] { 1.4f, -1.2f })) - level.Alpha * (1.4 * 0.3 - 1.2 * 0.1)).abs() / length;
            var boundary = DecisionBoundary.Find(classifier, level, new([-9, -8], [8, 9]));
            Assert.True(boundary.Roots.IsEmpty);
            Assert.InRange(boundary.Segments.Length, 100, 300);
            Near.Absolute(expected, boundary.Distance(points), 1e-3);
            Assert.Equal(ScalarType.Float32, boundary.Distance(points).dtype);
        }
    }

    [Fact]
    public void A_circle_is_closed_and_its_distances_are_those_to_the_circle()
    {
        var boundary = DecisionBoundary.Find(new Formula((x, _) => x.square().sum(1) - 2), NoiseLevel.Clean, Square);
        var points = RandomKey.From(0, "points").Normal(0, 500, [2]).to(ScalarType.Float64);
        Near.Absolute((points.norm(1) - Math.Sqrt(2)).abs(), boundary.Distance(points), 1e-3);
        // every end is the end of two segments, and lies on the circle
        var ends = boundary.Segments.SelectMany(s => new[] { s.From, s.To }).ToList();
        Assert.All(ends.GroupBy(end => end), group => Assert.Equal(2, group.Count()));
        Assert.All(ends, end => Assert.Equal(2, end.X * end.X + end.Y * end.Y, 1e-4));
    }

    [Theory]
    [InlineData(0.02)]
    [InlineData(-0.02)]
    public void A_saddle_is_cut_into_two_branches_that_do_not_meet(double height)
    {
        // two hyperbolas x · y = height; a coarse grid has its middle square on the saddle
        var boundary = DecisionBoundary.Find(new Formula((x, _) => x.prod(1) - height), NoiseLevel.Clean, Square, resolution: 8);
        Assert.Equal(14, boundary.Segments.Length);
        Assert.All(boundary.Segments, s => Assert.Equal(Branch(s.From), Branch(s.To)));

        int Branch((double X, double Y) end) => Math.Sign(end.X + Math.Sign(height) * end.Y);
    }

    [Fact]
    public void Of_more_classes_it_is_the_class_against_the_best_other()
    {
        var classifier = Classifier(new[,] { { -2.0 }, { 0.0 }, { 3.0 } }, 0.5, 0.5, 0.5);
        var box = new Box([-6], [6]);
        double[][] expected = [[-1], [-1, 1.5], [1.5]];
        for (int label = 0; label < 3; label++)
        {
            var roots = DecisionBoundary.Find(classifier, NoiseLevel.Clean, box, label).Roots;
            Assert.Equal(expected[label].Length, roots.Length);
            for (int i = 0; i < roots.Length; i++) Assert.Equal(expected[label][i], roots[i], 1e-4);
        }
    }

    [Fact]
    public void Where_there_is_none_the_distance_is_infinite()
    {
        var nowhere = DecisionBoundary.Find(new Formula((x, _) => x.select(1, 0) - 40), NoiseLevel.Clean, Square);
        Assert.True(nowhere.IsEmpty);
        Assert.True(nowhere.Distance(zeros(3, 2)).isposinf().all().item<bool>());
        // a classifier that knows nothing at all has no boundary either
        Assert.True(DecisionBoundary.Find(new Formula((x, _) => zeros(x.shape[0])), NoiseLevel.Clean, Square).IsEmpty);
    }

    [Fact]
    public void Near_some_points_the_box_grows_until_there_is_a_boundary()
    {
        var points = RandomKey.From(0, "points").Normal(0, 200, [2]).clamp(-1, 1);
        var near = DecisionBoundary.Near(new Formula((x, _) => x.select(1, 0) - 0.5), NoiseLevel.Clean, points);
        Assert.Equal([-2, -2], near.Box.Low);
        var far = DecisionBoundary.Near(new Formula((x, _) => x.select(1, 0) - 8), NoiseLevel.Clean, points);
        Assert.InRange(far.Box.High[0], 8, 20);
        Near.Absolute(8 - points.select(1, 0), far.Distance(points), 1e-3);
        Assert.True(DecisionBoundary.Near(new Formula((x, _) => x.select(1, 0) - 40), NoiseLevel.Clean, points).IsEmpty);
    }

    [Fact]
    public void Programming_errors_are_named()
    {
        var classifier = new Formula((x, _) => x.select(1, 0));
        Assert.Throws<ArgumentException>(() => DecisionBoundary.Find(classifier, NoiseLevel.Clean, new([0, 0, 0], [1, 1, 1])));
        Assert.Throws<ArgumentOutOfRangeException>(() => DecisionBoundary.Find(classifier, NoiseLevel.Clean, Square, label: 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => DecisionBoundary.Find(classifier, NoiseLevel.Clean, Square, resolution: 1));
        Assert.Throws<ArgumentException>(() => DecisionBoundary.Find(classifier, NoiseLevel.Clean, Square).Distance(zeros(3, 1)));
        Assert.Throws<ArgumentException>(() => new Box([1], [0]));
        Assert.Throws<NonFiniteException>(
            () => DecisionBoundary.Find(new Formula((x, _) => x.select(1, 0) * double.NaN), NoiseLevel.Clean, Square));
    }

    private static MixtureClassifier Classifier(double[,] means, params double[] deviations) =>
        new(GaussianMixture.Isotropic(tensor(means), tensor(deviations)));
}
