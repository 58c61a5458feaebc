namespace Veer.Metrics;

/// <summary>
/// The exact linear assignment problem: the one-to-one matching of rows to columns of least total cost (Jonker and Volgenant,
/// "A shortest augmenting path algorithm for dense and sparse linear assignment problems", Computing 38, 1987). Time O(n³) at the worst,
/// between n² and n³ on point sets; float64 throughout; deterministic.
/// </summary>
/// <remarks>
/// Of the paper's preparations only the column reduction is made: with a vectorised path search the bidding rounds between the two
/// (augmenting row reduction) cost as much as they saved, and left the number of columns searched the same.
/// </remarks>
public static class Assignment
{
    private const int None = -1;

    /// <summary>Solves one problem.</summary>
    /// <param name="costs">[n, n] finite costs, row by row.</param>
    /// <param name="n">Number of rows and of columns.</param>
    /// <returns>The column of each row.</returns>
    /// <exception cref="ArgumentException">The costs are not n · n finite numbers.</exception>
    public static int[] Solve(ReadOnlySpan<double> costs, int n)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        if (costs.Length != (long)n * n) throw new ArgumentException($"{costs.Length} costs for {n} rows and columns", nameof(costs));
        foreach (double cost in costs)
        {
            if (!double.IsFinite(cost)) throw new ArgumentException("a cost is not finite", nameof(costs));
        }
        var problem = new Problem(costs, n);
        if (n > 0) problem.ReduceColumns();
        var search = new PathSearch(n);
        for (int row = 0; row < n; row++)
        {
            if (problem.ColumnOfRow[row] == None) problem.Augment(row, search);
        }
        return problem.ColumnOfRow;
    }

    /// <summary>Squared Euclidean costs between equally many points.</summary>
    /// <param name="from">[n, dimensions]: the rows of the problem.</param>
    /// <param name="to">[n, dimensions]: its columns.</param>
    /// <param name="dimensions">Coordinates per point.</param>
    /// <param name="costs">[n, n], written row by row; may be used again for the next problem.</param>
    public static void SquaredDistances(ReadOnlySpan<double> from, ReadOnlySpan<double> to, int dimensions, Span<double> costs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        int n = from.Length / dimensions;
        if (from.Length != n * dimensions || to.Length != from.Length || costs.Length != (long)n * n)
        {
            throw new ArgumentException(
                $"{from.Length} and {to.Length} coordinates of {dimensions} dimensions for {costs.Length} costs", nameof(costs));
        }
        for (int row = 0; row < n; row++)
        {
            var point = from.Slice(row * dimensions, dimensions);
            var line = costs.Slice(row * n, n);
            for (int column = 0; column < n; column++)
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

    /// <summary>The matching so far and the columns' prices (dual variables): a row prefers columns by cost - price.</summary>
    private readonly ref struct Problem(ReadOnlySpan<double> costs, int n)
    {
        private readonly ReadOnlySpan<double> costs = costs;
        private readonly double[] price = new double[n];
        private readonly int[] rowOfColumn = Filled(n);

        public int[] ColumnOfRow { get; } = Filled(n);

        /// <summary>Prices every column at its least cost and gives it to the row that has it, if that row is free.</summary>
        public void ReduceColumns()
        {
            var cheapest = new int[price.Length];
            Row(0).CopyTo(price);
            for (int row = 1; row < price.Length; row++)
            {
                var line = Row(row);
                for (int column = 0; column < price.Length; column++)
                {
                    if (line[column] >= price[column]) continue;
                    price[column] = line[column];
                    cheapest[column] = row;
                }
            }
            for (int column = 0; column < price.Length; column++)
            {
                if (ColumnOfRow[cheapest[column]] == None) Assign(cheapest[column], column);
            }
        }

        /// <summary>Gives a row a column along the shortest alternating path (Dijkstra on reduced costs); updates the prices.</summary>
        public void Augment(int start, PathSearch search)
        {
            search.Begin();
            int row = start, column;
            double offset = 0, reached;
            while (true)
            {
                (column, reached) = search.Relax(Row(row), price, offset, row);
                int holder = rowOfColumn[column];
                if (holder == None) break;
                // reduced cost of the holder's own column is its row's dual: later reduced costs are measured from there
                offset = costs[holder * price.Length + column] - price[column] - reached;
                search.Close(column, reached, price);
                row = holder;
            }
            search.UpdatePrices(price, reached);
            while (true)
            {
                row = search.RowBefore(column);
                int next = ColumnOfRow[row];
                Assign(row, column);
                if (row == start) return;
                column = next;
            }
        }

        private ReadOnlySpan<double> Row(int row) => costs.Slice(row * price.Length, price.Length);

        private void Assign(int row, int column)
        {
            rowOfColumn[column] = row;
            ColumnOfRow[row] = column;
        }

        private static int[] Filled(int n)
        {
            var items = new int[n];
            Array.Fill(items, None);
            return items;
        }
    }
}
