using System.Runtime.CompilerServices;

namespace Veer.Matching;

/// <summary>
/// The k best candidates of one query so far, ascending by (squared distance, index): sorted insertion, which beats a heap at the
/// k of a few dozen that neighbour lists have. Works on borrowed memory that starts as (+infinity, int.MaxValue).
/// </summary>
internal readonly ref struct NearestList(Span<double> squared, Span<int> indices)
{
    private readonly Span<double> squared = squared;
    private readonly Span<int> indices = indices;

    /// <summary>The squared distance above which no candidate enters; one exactly at it enters if its index is lower.</summary>
    public double Worst => squared[^1];

    /// <summary>k.</summary>
    public int Length => squared.Length;

    /// <summary>As it was in the beginning.</summary>
    public void Clear()
    {
        squared.Fill(double.PositiveInfinity);
        indices.Fill(int.MaxValue);
    }

    /// <summary>Takes all k at once: the first of those given, nearest first, by their squared distances.</summary>
    public void Take(ReadOnlySpan<double> ascending, ReadOnlySpan<int> rows)
    {
        ascending[..Length].CopyTo(squared);
        rows[..Length].CopyTo(indices);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Offer(double distance, int index)
    {
        int at = squared.Length - 1;
        if (!Precedes(distance, index, at)) return;
        for (; at > 0 && Precedes(distance, index, at - 1); at--)
        {
            squared[at] = squared[at - 1];
            indices[at] = indices[at - 1];
        }
        squared[at] = distance;
        indices[at] = index;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Precedes(double distance, int index, int at) =>
        distance < squared[at] || (distance == squared[at] && index < indices[at]);
}
