using CsCheck;
using Veer.Matching;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Matching;

public class AssignmentTests
{
    [Theory]
    [InlineData("sets2d_a")]
    [InlineData("sets2d_b")]
    public void Golden_matching_comes_back(string name)
    {
        using var scope = NewDisposeScope();
        var golden = GoldenFile.Load(name + ".safetensors");
        var costs = new double[256 * 256];
        Assignment.SquaredDistances(golden["x"].data<double>().ToArray(), golden["y"].data<double>().ToArray(), 2, costs);
        Assert.Equal(golden["assignment"].data<long>().ToArray(), Assignment.Solve(costs, 256).Select(column => (long)column));
    }

    [Fact]
    public void Small_problems_are_solved_as_by_trying_every_permutation() =>
        (from n in Gen.Int[0, 7]
         from ties in Gen.Bool
         from costs in (ties ? Gen.Int[-2, 3].Select(i => (double)i) : Gen.Double[-1, 1]).Array[n * n]
         select (n, costs)).SampleFixed(problem =>
         {
             int[] columns = Assignment.Solve(problem.costs, problem.n);
             Assert.Equal(Enumerable.Range(0, problem.n), columns.Order());
             Assert.Equal(LeastCost(problem.costs, problem.n, row: 0, taken: 0), Cost(problem.costs, columns), 12);
         }, iter: 300);

    // A set against itself in another order: the only matching of cost 0 is that order.
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(131)]
    public void Planted_permutation_is_found(int n)
    {
        using var scope = NewDisposeScope();
        var points = RandomKey.From(n, "points").Normal(0, n, [3]).to(ScalarType.Float64);
        long[] order = [.. Enumerable.Range(0, n).Select(i => (i * 5L + 3) % n)];
        var costs = new double[n * n];
        Assignment.SquaredDistances(points[tensor(order)].data<double>().ToArray(), points.data<double>().ToArray(), 3, costs);
        Assert.Equal(order, Assignment.Solve(costs, n).Select(column => (long)column));
    }

    /// <summary>In few dimensions the distance warms its matching up with halves of the points, which must not be seen.</summary>
    [Fact]
    public void A_distance_in_few_dimensions_is_that_of_the_matching_from_nothing() =>
        (from n in Gen.Int[120, 300]
         from dimensions in Gen.Int[2, 4]
         from scale in Gen.Double[0, 2]
         from seed in Gen.Int[0, 1000]
         select (n, dimensions, scale, seed)).SampleFixed(problem =>
         {
             using var scope = NewDisposeScope();
             var key = RandomKey.From(problem.seed, "distance");
             // on a grid, so that there are ties too
             Tensor x = (key.At(0).Normal(0, problem.n, [problem.dimensions]) * 4).round().to(ScalarType.Float64);
             var y = (key.At(1).Normal(0, problem.n, [problem.dimensions]) * problem.scale + 1).to(ScalarType.Float64);
             var costs = new double[problem.n * problem.n];
             Assignment.SquaredDistances(x.data<double>().ToArray(), y.data<double>().ToArray(), problem.dimensions, costs);
             double expected = Math.Sqrt(Cost(costs, Assignment.Solve(costs, problem.n)) / problem.n);
             Assert.Equal(expected, Veer.Metrics.Wasserstein.Distance(x, y), 1e-12 * expected);
         }, iter: 20);

    [Fact]
    public void Equal_costs_and_duplicated_points_are_settled()
    {
        Assert.Equal(Enumerable.Range(0, 40), Assignment.Solve(new double[40 * 40], 40).Order());
        double[] twice = [0, 0, 1, 1, 0, 1, 0, 1], costs = new double[64];
        Assignment.SquaredDistances(twice, twice.Reverse().ToArray(), 1, costs);
        Assert.Equal(0, Cost(costs, Assignment.Solve(costs, 8)));
    }

    [Fact]
    public void Costs_that_are_not_finite_or_not_square_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Assignment.Solve([1, double.NaN, 0, 1], 2));
        Assert.Throws<ArgumentException>(() => Assignment.Solve([1, 2, 3], 2));
    }

    private static double Cost(double[] costs, int[] columns) =>
        columns.Select((column, row) => costs[row * columns.Length + column]).Sum();

    private static double LeastCost(double[] costs, int n, int row, int taken) => row == n
        ? 0
        : Enumerable.Range(0, n).Where(column => (taken & (1 << column)) == 0)
            .Min(column => costs[row * n + column] + LeastCost(costs, n, row + 1, taken | (1 << column)));
}
