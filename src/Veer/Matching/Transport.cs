namespace Veer.Matching;

/// <summary>
/// The exact transport problem between two sets of equally heavy points: every row carries M units and every column takes N, over the greatest
/// common divisor of both, at the least total cost. Shortest augmenting paths as in <see cref="AssignmentSolver"/>, but several rows may share
/// a column and a row may be split (Ahuja, Magnanti and Orlin, Network Flows, 1993, 9.7). Memory N · M, time about (N + M) · N · M; float64
/// throughout; deterministic.
/// </summary>
internal sealed class Transport
{
    private const int None = -1;

    private readonly double[] costs;
    private readonly int rows, columns;
    private readonly int[] flow, supply, demand;
    private readonly double[] rowDual, price;
    // of one path: how far rows and columns are, and from where they were reached
    private readonly double[] rowDistance, distance;
    private readonly int[] columnBefore, rowBefore;
    private readonly bool[] settled;

    private Transport(double[] costs, int rows, int columns)
    {
        (this.costs, this.rows, this.columns) = (costs, rows, columns);
        int common = Divisor(rows, columns);
        (flow, supply, demand) = (new int[costs.Length], new int[rows], new int[columns]);
        Array.Fill(supply, columns / common);
        Array.Fill(demand, rows / common);
        (rowDual, price) = (new double[rows], new double[columns]);
        for (int row = 0; row < rows; row++) rowDual[row] = costs.AsSpan(row * columns, columns).ToArray().Min();
        (rowDistance, columnBefore) = (new double[rows], new int[rows]);
        (distance, rowBefore, settled) = (new double[columns], new int[columns], new bool[columns]);
    }

    /// <summary>The least mean cost of a unit.</summary>
    /// <param name="costs">[N, M] finite costs, row by row.</param>
    /// <param name="rows">N.</param>
    /// <param name="columns">M.</param>
    public static double MeanCost(double[] costs, int rows, int columns)
    {
        var transport = new Transport(costs, rows, columns);
        for (int row = 0; row < rows; row++)
        {
            while (transport.supply[row] > 0) transport.Augment(row);
        }
        double sum = 0;
        for (int pair = 0; pair < costs.Length; pair++) sum += transport.flow[pair] * costs[pair];
        return sum / ((double)rows * columns / Divisor(rows, columns));
    }

    /// <summary>Sends as much as fits from a row along the shortest path (Dijkstra on reduced costs) to a column that still takes some.</summary>
    private void Augment(int start)
    {
        Array.Fill(distance, double.PositiveInfinity);
        Array.Fill(rowDistance, double.PositiveInfinity);
        Array.Clear(settled);
        columnBefore[start] = None;
        Reach(start, 0);
        int end = Nearest();
        for (; demand[end] == 0; end = Nearest())
        {
            settled[end] = true;
            // what a full column holds might go elsewhere: its rows' reduced costs there are 0
            for (int row = 0; row < rows; row++)
            {
                if (flow[row * columns + end] == 0 || rowDistance[row] < double.PositiveInfinity) continue;
                columnBefore[row] = end;
                Reach(row, distance[end]);
            }
        }
        double reached = distance[end];
        for (int row = 0; row < rows; row++) if (rowDistance[row] < reached) rowDual[row] += reached - rowDistance[row];
        for (int column = 0; column < columns; column++) if (settled[column]) price[column] -= reached - distance[column];

        int sent = Math.Min(supply[start], demand[end]);
        for (int row = rowBefore[end]; row != start; row = rowBefore[columnBefore[row]]) sent = Math.Min(sent, flow[row * columns + columnBefore[row]]);
        (supply[start], demand[end]) = (supply[start] - sent, demand[end] - sent);
        for (int column = end; column != None;)
        {
            int row = rowBefore[column];
            flow[row * columns + column] += sent;
            column = columnBefore[row];
            if (column != None) flow[row * columns + column] -= sent;
        }
    }

    private void Reach(int row, double at)
    {
        rowDistance[row] = at;
        double offset = at - rowDual[row];
        var line = costs.AsSpan(row * columns, columns);
        for (int column = 0; column < line.Length; column++)
        {
            double through = line[column] - price[column] + offset;
            if (settled[column] || through >= distance[column]) continue;
            (distance[column], rowBefore[column]) = (through, row);
        }
    }

    private int Nearest()
    {
        int nearest = None;
        for (int column = 0; column < columns; column++)
        {
            if (!settled[column] && (nearest == None || distance[column] < distance[nearest])) nearest = column;
        }
        return nearest;
    }

    private static int Divisor(int one, int other) => other == 0 ? one : Divisor(other, one % other);
}
