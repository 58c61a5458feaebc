namespace Veer.Metrics;

/// <summary>Random subsets that depend on their key alone.</summary>
internal static class KeyedSubset
{
    /// <summary>Some rows of many, in their order: those whose own keys are the smallest.</summary>
    public static long[] Rows(RandomKey key, long count, long size)
    {
        long[] subset = Shuffled(key, count)[..(int)Math.Min(size, count)];
        Array.Sort(subset);
        return subset;
    }

    /// <summary>All rows of many, by their own keys.</summary>
    public static long[] Shuffled(RandomKey key, long count)
    {
        var rows = new long[count];
        var rank = new ulong[count];
        for (long row = 0; row < count; row++) (rows[row], rank[row]) = (row, key.At(row).Value);
        Array.Sort(rank, rows);
        return rows;
    }
}
