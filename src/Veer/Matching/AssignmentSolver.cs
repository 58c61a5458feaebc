using System.Numerics;

namespace Veer.Matching;

/// <summary>
/// Jonker and Volgenant's algorithm, one problem after another in the same buffers: column reduction, then a shortest augmenting path for
/// every row that is still free. Any guess of the rows' dual variables may warm-start the column reduction: the better it is, the shorter the paths are;
/// the matching that comes out is of least cost whatever the guess.
/// </summary>
/// <remarks>
/// The bidding rounds between the two phases (augmenting row reduction) are left out: with a vectorised path search they cost as much as
/// they saved, and left the number of columns searched the same.
/// </remarks>
/// <param name="largest">Rows of the largest problem.</param>
internal sealed class AssignmentSolver(int largest)
{
    private const int None = -1;

    private readonly double[] price = new double[largest];
    private readonly int[] rowOfColumn = new int[largest];
    private readonly int[] columnOfRow = new int[largest];
    private readonly PathSearch search = new(largest);
    private int size;

    /// <summary>The matching of the last problem.</summary>
    public ReadOnlySpan<int> ColumnOfRow => columnOfRow.AsSpan(0, size);

    /// <summary>
    /// The columns' dual variables of the last problem. With the rows' u = cost - price of each row's own column, every other cost - price of
    /// the row is at least u: what proves the matching.
    /// </summary>
    public ReadOnlySpan<double> Prices => price.AsSpan(0, size);

    /// <summary>Solves one problem.</summary>
    /// <typeparam name="T">float or double: how the costs are stored. The arithmetic is float64.</typeparam>
    /// <param name="costs">[n, n] finite costs, row by row.</param>
    /// <param name="rowDuals">[n] a warm start, a guess of the rows' dual variables: zeros if nothing is known.</param>
    /// <param name="cancellation">Checked before each path.</param>
    public void Solve<T>(ReadOnlySpan<T> costs, ReadOnlySpan<double> rowDuals, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        size = rowDuals.Length;
        columnOfRow.AsSpan(0, size).Fill(None);
        rowOfColumn.AsSpan(0, size).Fill(None);
        if (size > 0) ReduceColumns(costs, rowDuals);
        for (int row = 0; row < size; row++)
        {
            if (columnOfRow[row] != None) continue;
            cancellation.ThrowIfCancellationRequested();
            Augment(costs, row);
        }
    }

    /// <summary>Prices every column at its least cost beyond the row's dual and gives it to that row, if the row is free.</summary>
    private void ReduceColumns<T>(ReadOnlySpan<T> costs, ReadOnlySpan<double> rowDuals)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // the least over all rows is what a search finds that starts at all of them, at price zero
        var prices = price.AsSpan(0, size);
        prices.Clear();
        search.Begin(size);
        for (int row = 0; row < size; row++) search.Relax(Row(costs, row), price, rowDuals[row], row);
        search.Distances.CopyTo(prices);
        for (int column = 0; column < size; column++)
        {
            int cheapest = search.RowBefore(column);
            if (columnOfRow[cheapest] == None) Assign(cheapest, column);
        }
    }

    /// <summary>Gives a row a column along the shortest alternating path (Dijkstra on reduced costs); updates the prices.</summary>
    private void Augment<T>(ReadOnlySpan<T> costs, int start)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        search.Begin(size);
        int row = start, column;
        double offset = 0, reached;
        while (true)
        {
            (column, reached) = search.Relax(Row(costs, row), price, offset, row);
            int holder = rowOfColumn[column];
            if (holder == None) break;
            // reduced cost of the holder's own column is its row's dual: later reduced costs are measured from there
            offset = double.CreateTruncating(Row(costs, holder)[column]) - price[column] - reached;
            search.Close(column, reached, price);
            row = holder;
        }
        search.UpdatePrices(price, reached);
        while (true)
        {
            row = search.RowBefore(column);
            int next = columnOfRow[row];
            Assign(row, column);
            if (row == start) return;
            column = next;
        }
    }

    private ReadOnlySpan<T> Row<T>(ReadOnlySpan<T> costs, int row) => costs.Slice(row * size, size);

    private void Assign(int row, int column)
    {
        rowOfColumn[column] = row;
        columnOfRow[row] = column;
    }
}
