using System.Runtime.CompilerServices;

namespace Veer.Matching;

/// <summary>
/// A warm start of an assignment between points: the problem of the first half of the rows and columns, solved the same way down to few points. With its
/// columns' dual variables v, those of all rows are about the least cost - v (the c-transform), so that few long paths are left to search.
/// </summary>
internal static class HalfProblem
{
    /// <summary>Beyond, matchings from nothing are fast, and a warm start costs more than it saves.</summary>
    public const int MostDimensions = 16;

    /// <summary>Rows of the smallest problem that is halved.</summary>
    private const int Least = 128;

    /// <summary>A guess of the rows' dual variables.</summary>
    /// <param name="costs">[n, n] finite costs, row by row; of points that come in some order of place a half says little, and nothing is gained.</param>
    /// <param name="n">Number of rows and of columns.</param>
    /// <returns>[n]; zeros of a small problem.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double[] RowDuals(ReadOnlySpan<double> costs, int n)
    {
        var duals = new double[n];
        if (n < Least) return duals;
        int half = n / 2;
        var part = new double[half * half];
        for (int row = 0; row < half; row++) costs.Slice(row * n, half).CopyTo(part.AsSpan(row * half));
        var solver = new AssignmentSolver(half);
        solver.Solve<double>(part, RowDuals(part, half));
        var prices = solver.Prices;
        for (int row = 0; row < n; row++)
        {
            double least = double.PositiveInfinity;
            for (int column = 0; column < half; column++) least = Math.Min(least, costs[row * n + column] - prices[column]);
            duals[row] = least;
        }
        return duals;
    }
}
