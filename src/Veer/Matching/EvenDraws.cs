namespace Veer.Matching;

/// <summary>
/// Random draws from a set that use it evenly: in every call, and in all calls together, no item is drawn more than once more often
/// than another.
/// </summary>
/// <param name="count">Size of the set; at least 1.</param>
internal sealed class EvenDraws(int count)
{
    private const ulong DrawnAlready = 1UL << 63;

    /// <summary>How often each item was drawn beyond the whole rounds; two items never differ by more than one.</summary>
    private readonly int[] extra = new int[count];

    /// <summary>Draws items 0 to count - 1: the whole set as often as it fits, then some of those drawn least so far.</summary>
    public int[] Take(int draws, RandomKey key)
    {
        var taken = new int[draws];
        int at = 0;
        for (; draws - at >= count; at += count) Shuffled(count, key.At(at)).CopyTo(taken, at);
        if (at == draws) return taken;

        int least = extra.Min();
        var rest = key.At(at);
        int[] order = Ordered(count, item => (rest.At(item).Value >> 1) | (extra[item] > least ? DrawnAlready : 0));
        order.AsSpan(0, draws - at).CopyTo(taken.AsSpan(at));
        foreach (int item in taken.AsSpan(at)) extra[item]++;
        return taken;
    }

    /// <summary>0 to count - 1 in a random order that depends on the key alone.</summary>
    public static int[] Shuffled(int count, RandomKey key) => Ordered(count, item => key.At(item).Value);

    private static int[] Ordered(int count, Func<int, ulong> rankOf)
    {
        var items = new int[count];
        var ranks = new ulong[count];
        for (int item = 0; item < count; item++) (items[item], ranks[item]) = (item, rankOf(item));
        Array.Sort(ranks, items);
        return items;
    }
}
