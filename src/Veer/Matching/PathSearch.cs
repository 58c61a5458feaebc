using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Veer.Matching;

/// <summary>
/// The tentative distances of one shortest augmenting path over all columns. Closed columns stay in the arrays with price -infinity and
/// distance +infinity, so that one branchless pass of vectors relaxes a row and finds the next column.
/// </summary>
/// <param name="largest">The largest number of columns.</param>
internal sealed class PathSearch(int largest)
{
    private readonly double[] distances = new double[largest];
    private readonly long[] before = new long[largest];
    private readonly int[] closed = new int[largest];
    private readonly double[] closedDistances = new double[largest];
    private readonly double[] closedPrices = new double[largest];
    private int columns, count;

    /// <summary>Forgets the last path.</summary>
    public void Begin(int columnCount)
    {
        (columns, count) = (columnCount, 0);
        distances.AsSpan(0, columns).Fill(double.PositiveInfinity);
    }

    /// <summary>How far every open column is.</summary>
    public ReadOnlySpan<double> Distances => distances.AsSpan(0, columns);

    /// <summary>The row from which a column was reached.</summary>
    public int RowBefore(int column) => (int)before[column];

    /// <summary>Relaxes all open columns from a row (distance: cost - price - offset).</summary>
    /// <returns>The nearest open column, the first among equals.</returns>
    // from the first call on: a whole problem is done before the compiler would come back to it
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public (int Column, double Distance) Relax<T>(ReadOnlySpan<T> costs, double[] prices, double offset, int row)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ref T cost = ref MemoryMarshal.GetReference(costs);
        ref double price = ref prices[0], distance = ref distances[0];
        ref long from = ref before[0];
        var least = Vector512.Create(double.PositiveInfinity);
        Vector512<long> leastAt = Vector512<long>.Zero, here = Vector512<long>.Indices, rows = Vector512.Create((long)row);
        var shift = Vector512.Create(offset);
        nuint at = 0, whole = (nuint)(costs.Length - costs.Length % Vector512<double>.Count);
        for (; at < whole; at += (nuint)Vector512<double>.Count)
        {
            var old = Vector512.LoadUnsafe(ref distance, at);
            var reduced = Load(ref cost, at) - Vector512.LoadUnsafe(ref price, at) - shift;
            var shorter = Vector512.LessThan(reduced, old);
            old = Vector512.ConditionalSelect(shorter, reduced, old);
            old.StoreUnsafe(ref distance, at);
            Vector512.ConditionalSelect(shorter.AsInt64(), rows, Vector512.LoadUnsafe(ref from, at)).StoreUnsafe(ref from, at);
            var nearer = Vector512.LessThan(old, least);
            least = Vector512.ConditionalSelect(nearer, old, least);
            leastAt = Vector512.ConditionalSelect(nearer.AsInt64(), here, leastAt);
            here += Vector512.Create((long)Vector512<double>.Count);
        }

        int column = int.MaxValue;
        double reached = double.PositiveInfinity;
        for (int lane = 0; lane < Vector512<double>.Count; lane++)
        {
            if (least[lane] > reached || (least[lane] == reached && leastAt[lane] >= column)) continue;
            (column, reached) = ((int)leastAt[lane], least[lane]);
        }
        for (int i = (int)whole; i < costs.Length; i++)
        {
            double reduced = double.CreateTruncating(costs[i]) - prices[i] - offset;
            if (reduced < distances[i]) (distances[i], before[i]) = (reduced, row);
            if (distances[i] < reached) (column, reached) = (i, distances[i]);
        }
        return (column, reached);
    }

    /// <summary>Settles a column, so that it is not reached again.</summary>
    public void Close(int column, double distance, double[] prices)
    {
        (closed[count], closedDistances[count], closedPrices[count]) = (column, distance, prices[column]);
        count++;
        distances[column] = double.PositiveInfinity;
        prices[column] = double.NegativeInfinity;
    }

    /// <summary>Gives the closed columns their prices back, changed so that the path's reduced costs are zero.</summary>
    public void UpdatePrices(double[] prices, double reached)
    {
        for (int i = 0; i < count; i++) prices[closed[i]] = closedPrices[i] + (closedDistances[i] - reached);
    }

    /// <summary>Eight costs in float64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Load<T>(ref T costs, nuint at) => typeof(T) == typeof(double)
        ? Vector512.LoadUnsafe(ref Unsafe.As<T, double>(ref costs), at)
        : Vector512.WidenLower(Vector256.LoadUnsafe(ref Unsafe.As<T, float>(ref costs), at).ToVector512Unsafe());
}
