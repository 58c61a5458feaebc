namespace Veer.Metrics;

/// <summary>Random subsets that depend on their key alone.</summary>
internal static class KeyedSubset
{
    /// <summary>Some rows of many, in their order: those whose own keys are the smallest.</summary>
    public static long[] Rows(RandomKey key, long count, long size)
    {
        var rows = new long[count];
        var rank = new ulong[count];
        for (long row = 0; row < count; row++) (rows[row], rank[row]) = (row, key.At(row).Value);
        if (size >= count) return rows;
        Array.Sort(rank, rows);
        var subset = rows[..(int)size];
        Array.Sort(subset);
        return subset;
    }
}
