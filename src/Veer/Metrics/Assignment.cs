namespace Veer.Metrics;

/// <summary>
/// The exact linear assignment problem: the one-to-one matching of rows to columns of least total cost (Jonker and Volgenant,
/// "A shortest augmenting path algorithm for dense and sparse linear assignment problems", Computing 38, 1987). Time O(n³) at the worst,
/// near n² on point sets; float64 throughout; deterministic.
/// </summary>
public static class Assignment
{
    /// <summary>Rounds in which unassigned rows bid for columns before shortest paths settle the rest.</summary>
    private const int BiddingRounds = 2;

    /// <summary>Bids per row and round: rounding may otherwise let two rows outbid each other for ever.</summary>
    private const int BidsPerRow = 8;

    private const int None = -1;

    /// <summary>Solves one problem.</summary>
    /// <param name="costs">[n, n] finite costs, row by row.</param>
    /// <param name="n">Number of rows and of columns.</param>
    /// <returns>The column of each row.</returns>
    /// <exception cref="ArgumentException">The costs are not n · n numbers.</exception>
    public static int[] Solve(ReadOnlySpan<double> costs, int n)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        if (costs.Length != (long)n * n) throw new ArgumentException($"{costs.Length} costs for {n} rows and columns", nameof(costs));
        var problem = new Problem(costs, n);
        var unassigned = problem.ReduceColumns();
        for (int round = 0; round < BiddingRounds && unassigned.Count > 0; round++) unassigned = problem.Bid(unassigned);
        var search = new PathSearch(n);
        foreach (int row in unassigned) problem.Augment(row, search);
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
            throw new ArgumentException($"{from.Length} and {to.Length} coordinates of {dimensions} dimensions for {costs.Length} costs", nameof(costs));
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

        /// <summary>
        /// Prices every column at its least cost, gives it to the row that has it, and lowers the prices of rows with one such column
        /// to their second choice. Returns the rows without a column.
        /// </summary>
        public List<int> ReduceColumns()
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
            var wanted = new int[price.Length];
            for (int column = 0; column < price.Length; column++)
            {
                if (wanted[cheapest[column]]++ == 0) Assign(cheapest[column], column);
            }
            var unassigned = new List<int>();
            for (int row = 0; row < price.Length; row++)
            {
                if (wanted[row] == 0) unassigned.Add(row);
                if (wanted[row] != 1 || price.Length == 1) continue;
                // the least reduced cost is 0 at its own column, so the second least is the slack that it can give away
                price[ColumnOfRow[row]] -= BestTwo(row).Second;
            }
            return unassigned;
        }

        /// <summary>
        /// Augmenting row reduction: each row takes its best column, lowers its price until the second best is as good, and sends the
        /// former holder to bid next. Returns the rows that a tie left without a column.
        /// </summary>
        public List<int> Bid(List<int> bidders)
        {
            var unassigned = new List<int>();
            int bids = BidsPerRow * bidders.Count;
            foreach (int first in bidders)
            {
                int row = first;
                while (row != None)
                {
                    var (best, second, column) = BestTwo(row);
                    int holder = rowOfColumn[column];
                    double lowered = price[column] - (second - best);
                    if (holder != None && (bids-- <= 0 || !(lowered < price[column])))
                    {
                        unassigned.Add(row);
                        break;
                    }
                    if (lowered < price[column]) price[column] = lowered;
                    Assign(row, column);
                    row = holder;
                }
            }
            return unassigned;
        }

        /// <summary>Gives a row a column along the shortest alternating path (Dijkstra on reduced costs), and updates the prices on it.</summary>
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
            int former = rowOfColumn[column];
            if (former != None && ColumnOfRow[former] == column) ColumnOfRow[former] = None;
            rowOfColumn[column] = row;
            ColumnOfRow[row] = column;
        }

        /// <summary>The least and the second least reduced cost of a row, and the first column that has the least.</summary>
        private (double Best, double Second, int Column) BestTwo(int row)
        {
            var line = Row(row);
            double best = double.PositiveInfinity, second = double.PositiveInfinity;
            int column = 0;
            for (int i = 0; i < line.Length; i++)
            {
                double reduced = line[i] - price[i];
                if (reduced >= second) continue;
                if (reduced < best)
                {
                    (second, best, column) = (best, reduced, i);
                }
                else
                {
                    second = reduced;
                }
            }
            return (best, second, column);
        }

        private static int[] Filled(int n)
        {
            var items = new int[n];
            Array.Fill(items, None);
            return items;
        }
    }
}
