using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Veer.Networks.Kernels;

/// <summary>
/// Group normalisation (Wu and He, arXiv 1803.08494) of one image [pixels, channels], of a shift of its channels before it and of SiLU
/// behind it, in three passes over the image forward and two backward, with sums in float32. For images that lie channels last torch's own
/// group normalisation is about fifteen times slower than for others (benchmarks/README.md).
/// </summary>
/// <typeparam name="TNumber">What the image is made of.</typeparam>
/// <typeparam name="TLanes">How it is read.</typeparam>
internal static class GroupNormKernel<TNumber, TLanes>
    where TNumber : unmanaged
    where TLanes : struct, ILanes<TNumber>
{
    private const int Step = GroupNormFunction.Lanes;

    /// <summary>One image's statistics: x becomes (x + Offset) · Deviation, both [channels].</summary>
    /// <param name="x">[pixels · channels].</param>
    /// <param name="shift">[channels], added to x first; or empty.</param>
    /// <param name="groups">Groups of neighbouring channels.</param>
    /// <param name="epsilon">Added to the variance of a group.</param>
    /// <param name="offset">[channels] shift minus the group's mean.</param>
    /// <param name="deviation">[channels] one over the group's standard deviation.</param>
    public static void Moments(
        ReadOnlySpan<TNumber> x, ReadOnlySpan<float> shift, int groups, float epsilon, Span<float> offset, Span<float> deviation)
    {
        int channels = offset.Length, pixels = x.Length / channels;
        var sums = deviation;
        sums.Clear();
        Accumulate(x, [], sums);
        for (int c = 0; c < channels && !shift.IsEmpty; c++) sums[c] += pixels * shift[c];
        MeanOfGroups(sums, groups, pixels);
        for (int c = 0; c < channels; c++) offset[c] = (shift.IsEmpty ? 0 : shift[c]) - sums[c];
        sums.Clear();
        Accumulate(x, offset, sums);
        MeanOfGroups(sums, groups, pixels);
        for (int c = 0; c < channels; c++) deviation[c] = 1 / MathF.Sqrt(sums[c] + epsilon);
    }

    /// <summary>y = x · slope + intercept, or SiLU of that.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(ReadOnlySpan<TNumber> x, ReadOnlySpan<float> slope, ReadOnlySpan<float> intercept, bool activate, Span<TNumber> y)
    {
        ref var from = ref MemoryMarshal.GetReference(x);
        ref var to = ref MemoryMarshal.GetReference(y);
        ref float a = ref MemoryMarshal.GetReference(slope), b = ref MemoryMarshal.GetReference(intercept);
        nuint channels = (nuint)slope.Length, size = (nuint)x.Length;
        for (nuint pixel = 0; pixel < size; pixel += channels)
        {
            for (nuint c = 0; c < channels; c += Step)
            {
                var z = Vector512.MultiplyAddEstimate(
                    TLanes.Load(ref from, pixel + c), Vector512.LoadUnsafe(ref a, c), Vector512.LoadUnsafe(ref b, c));
                TLanes.Store(activate ? z * Logistic.Compute(z, TLanes.IsCoarse) : z, ref to, pixel + c);
            }
        }
    }

    /// <summary>The gradients of one image.</summary>
    /// <param name="x">[pixels · channels].</param>
    /// <param name="gradient">With respect to the result.</param>
    /// <param name="weight">[channels].</param>
    /// <param name="bias">[channels].</param>
    /// <param name="groups">Groups of neighbouring channels.</param>
    /// <param name="activate">Whether SiLU was behind it.</param>
    /// <param name="offset">From <see cref="Moments"/>.</param>
    /// <param name="deviation">From <see cref="Moments"/>.</param>
    /// <param name="ofX">Set to the gradient with respect to x.</param>
    /// <param name="ofWeight">Set to the image's part of the gradient with respect to the weight.</param>
    /// <param name="ofBias">Set to the image's part of the gradient with respect to the bias.</param>
    /// <param name="ofShift">Set to the gradient with respect to the shift.</param>
    public static void Backward(
        ReadOnlySpan<TNumber> x, ReadOnlySpan<TNumber> gradient, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, int groups, bool activate,
        ReadOnlySpan<float> offset, ReadOnlySpan<float> deviation, Span<TNumber> ofX, Span<float> ofWeight, Span<float> ofBias, Span<float> ofShift)
    {
        int channels = weight.Length, pixels = x.Length / channels;
        float[] inner = ArrayPool<float>.Shared.Rent(x.Length), rows = ArrayPool<float>.Shared.Rent(3 * channels);
        Span<float> centred = rows.AsSpan(0, channels), mean = rows.AsSpan(channels, channels), slant = rows.AsSpan(2 * channels, channels);
        SumsBackward(x, gradient, weight, bias, activate, offset, deviation, inner, centred, ofWeight, ofBias);
        for (int c = 0; c < channels; c++)
        {
            ofWeight[c] *= deviation[c];
            mean[c] = weight[c] * ofBias[c];
            slant[c] = weight[c] * ofWeight[c];
        }
        MeanOfGroups(mean, groups, pixels);
        MeanOfGroups(slant, groups, pixels);
        for (int c = 0; c < channels; c++)
        {
            slant[c] *= -deviation[c] * deviation[c];
            mean[c] = slant[c] * offset[c] - deviation[c] * mean[c];
            ofShift[c] = weight[c] * deviation[c] * ofBias[c] + slant[c] * centred[c] + pixels * (mean[c] - slant[c] * offset[c]);
            centred[c] = weight[c] * deviation[c];
        }
        Combine(x, inner, centred, slant, mean, ofX);
        ArrayPool<float>.Shared.Return(inner);
        ArrayPool<float>.Shared.Return(rows);
    }

    /// <summary>Adds each channel's sum of x to sums; or, given an offset, of (x + offset)².</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Accumulate(ReadOnlySpan<TNumber> x, ReadOnlySpan<float> offset, Span<float> sums)
    {
        ref var from = ref MemoryMarshal.GetReference(x);
        ref float sum = ref MemoryMarshal.GetReference(sums), add = ref MemoryMarshal.GetReference(offset);
        nuint channels = (nuint)sums.Length, size = (nuint)x.Length;
        bool squares = !offset.IsEmpty;
        for (nuint c = 0; c < channels; c += Step)
        {
            // several sums: an addition need not wait for the one before
            Vector512<float> first = default, second = default;
            var before = squares ? Vector512.LoadUnsafe(ref add, c) : default;
            for (nuint at = c; at < size; at += 2 * channels)
            {
                var one = TLanes.Load(ref from, at) + before;
                var other = at + channels < size ? TLanes.Load(ref from, at + channels) + before : default;
                first = squares ? Vector512.MultiplyAddEstimate(one, one, first) : first + one;
                second = squares ? Vector512.MultiplyAddEstimate(other, other, second) : second + other;
            }
            (first + second).StoreUnsafe(ref sum, c);
        }
    }

    /// <summary>Keeps the gradient in front of SiLU and sums, for each channel, it, it times (x + offset), and x + offset.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumsBackward(
        ReadOnlySpan<TNumber> x, ReadOnlySpan<TNumber> gradient, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, bool activate,
        ReadOnlySpan<float> offset, ReadOnlySpan<float> deviation, Span<float> inner, Span<float> centred, Span<float> products, Span<float> sums)
    {
        ref var from = ref MemoryMarshal.GetReference(x);
        ref var given = ref MemoryMarshal.GetReference(gradient);
        ref float kept = ref MemoryMarshal.GetReference(inner);
        nuint channels = (nuint)weight.Length, size = (nuint)x.Length;
        for (nuint c = 0; c < channels; c += Step)
        {
            int at16 = (int)c;
            var slope = Vector512.Create(weight[at16..]) * Vector512.Create(deviation[at16..]);
            var intercept = Vector512.Create(bias[at16..]);
            var add = Vector512.Create(offset[at16..]);
            Vector512<float> sum = default, product = default, total = default;
            for (nuint at = c; at < size; at += channels)
            {
                var point = TLanes.Load(ref from, at) + add;
                var g = TLanes.Load(ref given, at);
                if (activate)
                {
                    var z = Vector512.MultiplyAddEstimate(point, slope, intercept);
                    var s = Logistic.Compute(z, TLanes.IsCoarse);
                    g *= s * Vector512.MultiplyAddEstimate(z, Vector512<float>.One - s, Vector512<float>.One);
                }
                g.StoreUnsafe(ref kept, at);
                sum += g;
                product = Vector512.MultiplyAddEstimate(g, point, product);
                total += point;
            }
            sum.CopyTo(sums[at16..]);
            product.CopyTo(products[at16..]);
            total.CopyTo(centred[at16..]);
        }
    }

    /// <summary>slope · gradient + slant · x + level.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Combine(
        ReadOnlySpan<TNumber> x, ReadOnlySpan<float> gradient, ReadOnlySpan<float> slope, ReadOnlySpan<float> slant, ReadOnlySpan<float> level,
        Span<TNumber> result)
    {
        ref var from = ref MemoryMarshal.GetReference(x);
        ref var to = ref MemoryMarshal.GetReference(result);
        ref float given = ref MemoryMarshal.GetReference(gradient);
        ref float a = ref MemoryMarshal.GetReference(slope), b = ref MemoryMarshal.GetReference(slant), d = ref MemoryMarshal.GetReference(level);
        nuint channels = (nuint)slope.Length, size = (nuint)x.Length;
        for (nuint pixel = 0; pixel < size; pixel += channels)
        {
            for (nuint c = 0; c < channels; c += Step)
            {
                var rest = Vector512.MultiplyAddEstimate(
                    TLanes.Load(ref from, pixel + c), Vector512.LoadUnsafe(ref b, c), Vector512.LoadUnsafe(ref d, c));
                TLanes.Store(
                    Vector512.MultiplyAddEstimate(Vector512.LoadUnsafe(ref given, pixel + c), Vector512.LoadUnsafe(ref a, c), rest), ref to, pixel + c);
            }
        }
    }

    /// <summary>Replaces each channel's sum by the mean over its group.</summary>
    private static void MeanOfGroups(Span<float> sums, int groups, int pixels)
    {
        int width = sums.Length / groups;
        for (int first = 0; first < sums.Length; first += width)
        {
            var group = sums.Slice(first, width);
            double sum = 0;
            foreach (float part in group) sum += part;
            group.Fill((float)(sum / ((double)width * pixels)));
        }
    }
}
