using System.Runtime.CompilerServices;

namespace Veer.Matching;

/// <summary>
/// The exact linear assignment problem: the one-to-one matching of rows to columns of least total cost (Jonker and Volgenant,
/// "A shortest augmenting path algorithm for dense and sparse linear assignment problems", Computing 38, 1987). Time O(n³) at the worst,
/// between n² and n³ on point sets; float64 throughout; deterministic.
/// </summary>
public static class Assignment
{
    /// <summary>Solves one problem.</summary>
    /// <param name="costs">[n, n] finite costs, row by row.</param>
    /// <param name="n">Number of rows and of columns.</param>
    /// <returns>The column of each row.</returns>
    /// <exception cref="ArgumentException">The costs are not n · n finite numbers.</exception>
    public static int[] Solve(ReadOnlySpan<double> costs, int n) => Solve(costs, n, _ => new double[n]);

    private static int[] Solve(ReadOnlySpan<double> costs, int n, Func<ReadOnlySpan<double>, double[]> rowDuals)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        if (costs.Length != (long)n * n) throw new ArgumentException($"{costs.Length} costs for {n} rows and columns", nameof(costs));
        if (!AreFinite(costs)) throw new ArgumentException("a cost is not finite", nameof(costs));
        var solver = new AssignmentSolver(n);
        solver.Solve(costs, rowDuals(costs));
        return solver.ColumnOfRow.ToArray();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool AreFinite(ReadOnlySpan<double> costs)
    {
        foreach (double cost in costs)
        {
            if (!double.IsFinite(cost)) return false;
        }
        return true;
    }

    /// <summary>The mean cost of the least matching of points in so many dimensions; as <see cref="Solve(ReadOnlySpan{double}, int)"/>.</summary>
    internal static double MeanCost(ReadOnlySpan<double> costs, int n, int dimensions)
    {
        int[] columns = dimensions > HalfProblem.MostDimensions ? Solve(costs, n) : Solve(costs, n, all => HalfProblem.RowDuals(all, n));
        double sum = 0;
        for (int row = 0; row < n; row++) sum += costs[row * n + columns[row]];
        return sum / n;
    }

    /// <summary>Squared Euclidean costs between points.</summary>
    /// <param name="from">[n, dimensions]: the rows of the problem.</param>
    /// <param name="to">[m, dimensions]: its columns.</param>
    /// <param name="dimensions">Coordinates per point.</param>
    /// <param name="costs">[n, m], written row by row; may be used again for the next problem.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SquaredDistances(ReadOnlySpan<double> from, ReadOnlySpan<double> to, int dimensions, Span<double> costs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        int n = from.Length / dimensions, m = to.Length / dimensions;
        if (from.Length != n * dimensions || to.Length != m * dimensions || costs.Length != (long)n * m)
        {
            throw new ArgumentException(
                $"{from.Length} and {to.Length} coordinates of {dimensions} dimensions for {costs.Length} costs", nameof(costs));
        }
        for (int row = 0; row < n; row++)
        {
            var point = from.Slice(row * dimensions, dimensions);
            var line = costs.Slice(row * m, m);
            for (int column = 0; column < m; column++)
            {
                double sum = 0;
                for (int axis = 0; axis < dimensions; axis++)
                {
                    double gap = point[axis] - to[column * dimensions + axis];
                    sum += gap * gap;
                }
                line[column] = sum;
            }
        }
    }
}
