using System.Numerics;
using CsCheck;
using Veer.Matching;
using Xunit;

namespace Veer.Tests.Matching;

public class AssignmentSolverTests
{
    // One solver for all: what an earlier, larger problem left in the buffers must not show.
    private readonly AssignmentSolver solver = new(40);

    // A matching is proven best by duals u, v with cost ≥ u + v everywhere and equality on the matched pairs.
    [Fact]
    public void Any_start_leads_to_a_matching_that_its_prices_prove_best() =>
        (from n in Gen.Int[0, 40]
         from ties in Gen.Bool
         from costs in (ties ? Gen.Int[-2, 3].Select(i => (double)i) : Gen.Double[-1, 1]).Array[n * n]
         from guess in Gen.OneOf(Gen.Const(0.0), Gen.Double[-3, 3]).Array[n]
         select (n, costs, guess)).SampleFixed(problem =>
         {
             var (n, costs, guess) = problem;
             Prove<double>(costs, guess);
             Assert.Equal(Cost(costs, Assignment.Solve(costs, n)), Cost(costs, solver.ColumnOfRow.ToArray()), 11);
             Prove<float>(Array.ConvertAll(costs, cost => (float)cost), guess);
             Assert.Equal(Cost(costs, Assignment.Solve(costs, n)), Cost(costs, solver.ColumnOfRow.ToArray()), n * 3e-7);
         }, iter: 300);

    [Fact]
    public void Small_problems_from_any_start_cost_what_the_best_permutation_costs() =>
        (from n in Gen.Int[1, 6]
         from costs in Gen.Int[0, 9].Select(i => (float)i).Array[n * n]
         from guess in Gen.Double[-9, 9].Array[n]
         select (n, costs, guess)).SampleFixed(problem =>
         {
             solver.Solve<float>(problem.costs, problem.guess, TestContext.Current.CancellationToken);
             double[] costs = Array.ConvertAll(problem.costs, cost => (double)cost);
             double best = Permutations(problem.n).Min(columns => Cost(costs, columns));
             Assert.Equal(best, Cost(costs, solver.ColumnOfRow.ToArray()), 12);
         }, iter: 100);

    // Row i costs 2 i everywhere, and 1 more in all columns but its own: from zero, the first row is the cheapest for most columns.
    [Fact]
    public void The_right_duals_leave_nothing_to_search_and_a_search_can_be_cancelled()
    {
        const int N = 9;
        double[] duals = [.. Enumerable.Range(0, N).Select(row => 2.0 * row)];
        double[] costs = [.. duals.SelectMany((dual, row) => Enumerable.Range(0, N).Select(column => dual + (row == column ? 0 : 1)))];
        var cancelled = new CancellationToken(true);
        solver.Solve<double>(costs, duals, cancelled);
        Assert.Equal(Enumerable.Range(0, N), solver.ColumnOfRow.ToArray());
        Assert.Throws<OperationCanceledException>(() => solver.Solve<double>(costs, new double[N], cancelled));
    }

    private void Prove<T>(T[] costs, double[] guess)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        solver.Solve<T>(costs, guess, TestContext.Current.CancellationToken);
        int n = guess.Length;
        int[] columns = solver.ColumnOfRow.ToArray();
        double[] prices = solver.Prices.ToArray();
        Assert.Equal(Enumerable.Range(0, n), columns.Order());
        for (int row = 0; row < n; row++)
        {
            double[] reduced = [.. Enumerable.Range(0, n).Select(column => double.CreateChecked(costs[row * n + column]) - prices[column])];
            Assert.True(reduced[columns[row]] <= reduced.Min() + 1e-12);
        }
    }

    private static double Cost(double[] costs, int[] columns) =>
        columns.Select((column, row) => costs[row * columns.Length + column]).Sum();

    private static IEnumerable<int[]> Permutations(int n) => n == 0
        ? [[]]
        : Permutations(n - 1).SelectMany(rest =>
            Enumerable.Range(0, n).Select(at => rest[..at].Append(n - 1).Concat(rest[at..]).ToArray()));
}
