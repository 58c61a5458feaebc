using System.Text.Json;
using Veer.Metrics;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Metrics;

public class DistanceTests
{
    [Theory]
    [InlineData("sets2d_a")]
    [InlineData("sets2d_b")]
    public void Golden_distances_come_back(string name)
    {
        using var scope = NewDisposeScope();
        var golden = GoldenFile.Load(name + ".safetensors");
        var numbers = GoldenFile.Json("metrics.json").GetProperty("sets2d").EnumerateArray()
            .Single(set => set.GetProperty("name").GetString() == name);
        var (x, y) = (golden["x"], golden["y"]);
        Assert.Equal(Number(numbers, "w2"), Wasserstein.Distance(x, y), 1e-10);
        Assert.Equal(Number(numbers, "w1"), Wasserstein.Distance(x, y, order: 1), 1e-10);
        Assert.Equal(Number(numbers, "mean_nn_x_to_y"), NearestDistance.Mean(x, y), 1e-12);
        Assert.Equal(Number(numbers, "mean_nn_y_to_x"), NearestDistance.Mean(y, x), 1e-12);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Wasserstein_of_a_shifted_set_is_the_length_of_the_shift(int order)
    {
        using var scope = NewDisposeScope();
        var points = Points("points", 200, 3);
        var shifted = points + tensor(new[] { 2.0, -1.0, 2.0 });
        Assert.Equal(3, Wasserstein.Distance(points, shifted, order), 1e-12);
        Assert.Equal(0, Wasserstein.Distance(points, points.flip(0), order));
    }

    [Fact]
    public void Wasserstein_is_symmetric_and_its_subset_follows_the_seed()
    {
        using var scope = NewDisposeScope();
        var (points, others) = (Points("points", 300, 2), Points("others", 250, 2));
        double distance = Wasserstein.Distance(points, others, limit: 100, seed: 4);
        Assert.Equal(distance, Wasserstein.Distance(others, points, limit: 100, seed: 4), 1e-12);
        Assert.Equal(distance, Wasserstein.Distance(points, others, limit: 100, seed: 4));
        Assert.NotEqual(distance, Wasserstein.Distance(points, others, limit: 100, seed: 5), 1e-6);
        Assert.Equal(0, Wasserstein.Distance(points, points, limit: 100));
    }

    [Fact]
    public void Wasserstein_of_a_set_and_its_copies_is_zero_whatever_the_seed()
    {
        using var scope = NewDisposeScope();
        var points = tensor(new double[] { 0, 0, 2, 0, 4, 0 }).reshape(3, 2);
        foreach (long seed in (long[])[0, 1, 2, 3])
        {
            Assert.Equal(0, Wasserstein.Distance(points, points.repeat(4, 1), seed: seed));
            Assert.Equal(0, Wasserstein.Distance(points.repeat(5, 1), points.repeat(4, 1), order: 1, seed: seed));
        }
        var (many, few) = (Points("points", 2100, 2), Points("others", 7, 2));
        Assert.Equal(Wasserstein.Distance(many, few, seed: 1), Wasserstein.Distance(few, many, seed: 2), 1e-12);
    }

    [Theory]
    [InlineData(1, 12, 18)]
    [InlineData(2, 12, 18)]
    [InlineData(2, 7, 10)]
    [InlineData(2, 1, 9)]
    public void Wasserstein_of_unequal_sets_is_that_of_their_copies(int order, int n, int m)
    {
        using var scope = NewDisposeScope();
        var (points, others) = (Points("points", n, 3), Points("others", m, 3) * 2);
        double copied = Wasserstein.Distance(points.repeat(m, 1), others.repeat(n, 1), order);
        Assert.Equal(copied, Wasserstein.Distance(points, others, order), 1e-12);
        Assert.Equal(copied, Wasserstein.Distance(others, points, order), 1e-12);
    }

    [Fact]
    public void Too_many_points_for_a_distance_without_a_limit_are_refused()
    {
        using var scope = NewDisposeScope();
        Refusal.Of(() => Wasserstein.Distance(zeros(1, 2).expand(50_000, 2), zeros(3, 2)), "wasserstein: points: found 50000", "46000");
        Assert.Equal(0, Wasserstein.Distance(zeros(1, 2).expand(50_000, 2), zeros(3, 2), limit: 100));
    }

    [Fact]
    public void Distances_of_unequal_sets_do_not_depend_on_where_numbers_lie_in_memory()
    {
        using var scope = NewDisposeScope();
        var (points, others) = (Points("points", 1, 2000), Points("others", 1, 5000));
        var steps = CommonSteps.Create(2000, 5000, CPU);
        var found = Enumerable.Range(0, 8).Select(offset =>
        {
            var place = zeros(steps.Lengths!.shape[0] + 8, ScalarType.Float64).narrow(0, offset, steps.Lengths.shape[0]);
            var moved = steps with { Lengths = place.copy_(steps.Lengths) };
            return (moved.Distances(points, others).item<double>(), moved.SquaredDistances(points, others).item<double>());
        });
        Assert.Single(found.ToHashSet());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Sliced_distance_of_a_shifted_set_is_its_length_over_the_root_of_the_dimension(int dimensions)
    {
        using var scope = NewDisposeScope();
        var points = Points("points", 200, dimensions);
        var shifted = points + 1.0 / Math.Sqrt(dimensions);
        Assert.Equal(Math.Sqrt(1.0 / dimensions), SlicedWasserstein.Distance(points, shifted, directions: 16), 1e-12);
    }

    [Fact]
    public void Sliced_distance_turns_and_scales_with_the_sets_and_is_symmetric()
    {
        using var scope = NewDisposeScope();
        var (points, others) = (Points("points", 150, 2), Points("others", 220, 2) * 2);
        double distance = SlicedWasserstein.Distance(points, others);
        var turn = tensor(new[,] { { 0.8, 0.6 }, { -0.6, 0.8 } });
        Assert.Equal(distance, SlicedWasserstein.Distance(points.matmul(turn), others.matmul(turn)), 1e-6);
        Assert.Equal(3 * distance, SlicedWasserstein.Distance(points * 3, others * 3), 1e-12);
        Assert.Equal(distance, SlicedWasserstein.Distance(others, points), 1e-12);
        Assert.Equal(0, SlicedWasserstein.Distance(points, points.flip(0)), 1e-12);
    }

    [Fact]
    public void Sliced_distance_of_unequal_sets_is_that_of_their_copies()
    {
        using var scope = NewDisposeScope();
        var (points, others) = (Points("points", 20, 3), Points("others", 30, 3));
        double copied = SlicedWasserstein.Distance(points.repeat_interleave(3, 0), others.repeat_interleave(2, 0), directions: 8);
        Assert.Equal(copied, SlicedWasserstein.Distance(points, others, directions: 8), 1e-12);
        Assert.Equal(0, SlicedWasserstein.Distance(points, points.repeat_interleave(2, 0)), 1e-12);
    }

    [Fact]
    public void Sliced_distance_is_below_the_exact_one_and_equal_to_it_on_a_line()
    {
        using var scope = NewDisposeScope();
        var (points, others) = (Points("points", 100, 5), Points("others", 100, 5) + 0.5);
        Assert.InRange(SlicedWasserstein.Distance(points, others), 0.1, Wasserstein.Distance(points, others));
        var (line, otherLine) = (points.narrow(1, 0, 1), others.narrow(1, 0, 1));
        Assert.Equal(Wasserstein.Distance(line, otherLine), SlicedWasserstein.Distance(line, otherLine), 1e-12);
    }

    [Fact]
    public void Share_of_foreign_neighbours_counts_the_nearest_alone()
    {
        using var scope = NewDisposeScope();
        var reference = tensor(new float[] { 0, 1, 10, 11 }).reshape(4, 1);
        var samples = reference + 0.2;
        long[] labels = [0, 0, 1, 1], referenceLabels = [0, 0, 1, 0];
        Assert.Equal(0.25, NeighborOffClass.Share(samples, tensor(labels), reference, tensor(referenceLabels)));
    }

    [Fact]
    public void Empty_and_not_finite_sets_are_named()
    {
        using var scope = NewDisposeScope();
        var fault = Assert.Throws<InputException>(() => Wasserstein.Distance(full([2, 2], double.NaN), zeros(2, 2)));
        Assert.Equal("wasserstein: row 0 of the samples: found a value that is not finite, expected finite numbers", fault.Message);
        Assert.Throws<InputException>(() => SlicedWasserstein.Distance(zeros(2, 2), zeros(0, 2)));
        Assert.Throws<InputException>(() => NearestDistance.Mean(zeros(0, 2), zeros(1, 2)));
        Assert.Throws<InputException>(() => NearestDistance.Mean(zeros(1, 2), zeros(0, 2)));
    }

    private static double Number(JsonElement numbers, string name) => numbers.GetProperty(name).GetDouble();

    private static Tensor Points(string purpose, long count, int dimensions) =>
        RandomKey.From(6, purpose).Normal(0, count, [dimensions]).to(ScalarType.Float64);
}
