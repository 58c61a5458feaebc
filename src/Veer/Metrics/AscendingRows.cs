using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Veer.Formats;

namespace Veer.Metrics;

/// <summary>
/// Sorts finite numbers: each goes to the bucket that its place between the least and the greatest gives, as many buckets as numbers; networks
/// without branches then sort windows of eight at one offset and at another, which settles all buckets of up to four, and insertion what is
/// left. Rounding is monotone, so no bucket holds a number above one of the next.
/// </summary>
internal static unsafe class AscendingRows
{
    /// <summary>So few are sorted by insertion.</summary>
    private const int Few = 32;

    /// <summary>Fuller buckets are shared out again, so many deep; beyond that, as among numbers of very different sizes, they are sorted by comparisons.</summary>
    private const int Deepest = 3;

    private const int Window = 8, Windows = 4;

    /// <summary>Added to a number from 0 to 2^32, it leaves the nearest whole number in the lower bits.</summary>
    private const double Whole = 1L << 52;

    /// <summary>Sorts each row in place.</summary>
    /// <param name="rows">[L, N] float64, contiguous, finite, on the CPU.</param>
    public static void Sort(Tensor rows)
    {
        int length = (int)rows.shape[1];
        nint first = TensorBytes.Address(rows);
        double[] others = ArrayPool<double>.Shared.Rent(length);
        fixed (double* other = others)
        {
            for (long row = 0; row < rows.shape[0]; row++) Sort((double*)first + row * length, other, length, depth: 0);
        }
        ArrayPool<double>.Shared.Return(others);
        GC.KeepAlive(rows);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sort(double* values, double* others, int count, int depth)
    {
        if (count <= Few)
        {
            Insert(values, values, count);
            return;
        }
        var (least, greatest) = Ends(values, count);
        double scale = (count - 1) / (greatest - least);
        if (least == greatest) return;
        if (depth == Deepest || !double.IsFinite(scale) || !double.IsFinite(greatest - least))
        {
            new Span<double>(values, count).Sort();
            return;
        }
        int[] rented = ArrayPool<int>.Shared.Rent(count);
        fixed (int* ends = rented)
        {
            int fullest = Share(values, others, count, least, scale, ends);
            if (fullest > Few)
            {
                for (int bucket = 0, start = 0; bucket < count; start = ends[bucket++])
                {
                    if (ends[bucket] - start > Few) Sort(others + start, values + start, ends[bucket] - start, depth + 1);
                }
            }
        }
        ArrayPool<int>.Shared.Return(rented);
        if (Avx.IsSupported)
        {
            SortWindows(others, count);
            SortWindows(others + Window / 2, count - Window / 2);
        }
        Insert(others, values, count);
    }

    /// <summary>Writes the numbers to others, bucket by bucket.</summary>
    /// <returns>How many the fullest bucket holds.</returns>
    private static int Share(double* values, double* others, int count, double least, double scale, int* ends)
    {
        new Span<int>(ends, count).Clear();
        for (int i = 0; i < count; i++) ends[Bucket(values[i])]++;
        int start = 0, fullest = 0;
        for (int bucket = 0; bucket < count; bucket++)
        {
            int held = ends[bucket];
            fullest = Math.Max(fullest, held);
            ends[bucket] = start;
            start += held;
        }
        for (int i = 0; i < count; i++) others[ends[Bucket(values[i])]++] = values[i];
        return fullest;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        int Bucket(double value) => (int)BitConverter.DoubleToInt64Bits((value - least) * scale + Whole);
    }

    private static (double Least, double Greatest) Ends(double* values, int count)
    {
        Vector256<double> low = Vector256.Load(values), high = low;
        int at = 0;
        for (; at <= count - Vector256<double>.Count; at += Vector256<double>.Count)
        {
            var some = Vector256.Load(values + at);
            (low, high) = (Vector256.Min(low, some), Vector256.Max(high, some));
        }
        double least = low[0], greatest = high[0];
        for (int lane = 1; lane < Vector256<double>.Count; lane++) (least, greatest) = (Math.Min(least, low[lane]), Math.Max(greatest, high[lane]));
        for (; at < count; at++) (least, greatest) = (Math.Min(least, values[at]), Math.Max(greatest, values[at]));
        return (least, greatest);
    }

    /// <summary>From one place to another or the same.</summary>
    private static void Insert(double* from, double* values, int count)
    {
        for (int i = 0; i < count; i++)
        {
            double value = from[i];
            int at = i;
            for (; at > 0 && values[at - 1] > value; at--) values[at] = values[at - 1];
            values[at] = value;
        }
    }

    /// <summary>Sorts windows that follow each other, four at a time: one in each lane, by the 19 exchanges of the smallest network for eight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SortWindows(double* values, int count)
    {
        for (double* at = values, last = values + count - Window * Windows; at <= last; at += Window * Windows)
        {
            Vector256<double>
                a = Vector256.Load(at), b = Vector256.Load(at + Window), c = Vector256.Load(at + 2 * Window), d = Vector256.Load(at + 3 * Window),
                e = Vector256.Load(at + 4), f = Vector256.Load(at + Window + 4), g = Vector256.Load(at + 2 * Window + 4), h = Vector256.Load(at + 3 * Window + 4);
            Transpose(ref a, ref b, ref c, ref d);
            Transpose(ref e, ref f, ref g, ref h);
            Order(ref a, ref c); Order(ref b, ref d); Order(ref e, ref g); Order(ref f, ref h);
            Order(ref a, ref e); Order(ref b, ref f); Order(ref c, ref g); Order(ref d, ref h);
            Order(ref a, ref b); Order(ref c, ref d); Order(ref e, ref f); Order(ref g, ref h);
            Order(ref c, ref e); Order(ref d, ref f);
            Order(ref b, ref e); Order(ref d, ref g);
            Order(ref b, ref c); Order(ref d, ref e); Order(ref f, ref g);
            Transpose(ref a, ref b, ref c, ref d);
            Transpose(ref e, ref f, ref g, ref h);
            a.Store(at); b.Store(at + Window); c.Store(at + 2 * Window); d.Store(at + 3 * Window);
            e.Store(at + 4); f.Store(at + Window + 4); g.Store(at + 2 * Window + 4); h.Store(at + 3 * Window + 4);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Order(ref Vector256<double> low, ref Vector256<double> high)
    {
        var less = Avx.Min(low, high);
        high = Avx.Max(low, high);
        low = less;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(ref Vector256<double> a, ref Vector256<double> b, ref Vector256<double> c, ref Vector256<double> d)
    {
        Vector256<double> one = Avx.UnpackLow(a, b), two = Avx.UnpackHigh(a, b), three = Avx.UnpackLow(c, d), four = Avx.UnpackHigh(c, d);
        a = Avx.Permute2x128(one, three, 0x20);
        b = Avx.Permute2x128(two, four, 0x20);
        c = Avx.Permute2x128(one, three, 0x31);
        d = Avx.Permute2x128(two, four, 0x31);
    }
}
