using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Veer.Matching;

/// <summary>What is looked for among points of which <see cref="DistanceBounds"/> are known.</summary>
internal interface ICandidates
{
    /// <summary>The largest lower bound that leaves a chance; it may fall with every offer.</summary>
    float Reach { get; }

    /// <summary>Takes a look at a point that has a chance.</summary>
    void Offer(int index);
}

/// <summary>Finds the few points whose lower bound leaves a chance.</summary>
internal static class CandidateScan
{
    /// <param name="bounds">Lower bounds of points that follow each other.</param>
    /// <param name="first">The index of the first.</param>
    /// <param name="candidates">Offered those with a chance; what is not a number has one.</param>
    public static void Run<T>(ReadOnlySpan<float> bounds, int first, T candidates)
        where T : ICandidates, allows ref struct
    {
        ref float start = ref MemoryMarshal.GetReference(bounds);
        float reach = candidates.Reach;
        int at = 0;
        for (; at <= bounds.Length - Vector512<float>.Count; at += Vector512<float>.Count)
        {
            ulong bits = Chances(Vector512.LoadUnsafe(ref start, (nuint)at), Vector512.Create(reach));
            if (bits == 0) continue;
            for (; bits != 0; bits &= bits - 1) candidates.Offer(first + at + BitOperations.TrailingZeroCount(bits));
            reach = candidates.Reach;
        }
        for (; at < bounds.Length; at++)
        {
            if (bounds[at] > reach) continue;
            candidates.Offer(first + at);
            reach = candidates.Reach;
        }
    }

    /// <summary>Adds to a list who has the least lower bounds.</summary>
    public static void Least(ReadOnlySpan<float> bounds, int first, NearestList least) => Run(bounds, first, new LeastBounds(least, bounds, first));

    private readonly ref struct LeastBounds(NearestList least, ReadOnlySpan<float> bounds, int first) : ICandidates
    {
        private readonly NearestList least = least;
        private readonly ReadOnlySpan<float> bounds = bounds;

        public float Reach => (float)least.Worst;

        public void Offer(int index) => least.Offer(bounds[index - first], index);
    }

    /// <summary>A bit for each lower bound that is not greater than the reach.</summary>
    public static ulong Chances(Vector512<float> bounds, Vector512<float> reach) =>
        ~Vector512.GreaterThan(bounds, reach).ExtractMostSignificantBits() & ((1UL << Vector512<float>.Count) - 1);
}
