using System.Buffers;
using System.Runtime.Intrinsics;
using Veer.Formats;

namespace Veer.Matching;

/// <summary>
/// Squared distances of single pairs by direct differences in float64. A distance is the same to the bit for any pair of the same numbers, whichever
/// of the two comes first: halves of the sum are added to halves, in an order that depends on D alone.
/// </summary>
/// <param name="rows">[N, D] float32 or float64, contiguous, on the CPU.</param>
/// <param name="columns">[M, D] of the same type.</param>
internal sealed unsafe class DirectDistances(Tensor rows, Tensor columns)
{
    // held, so that they stay where they are
    private readonly Tensor rows = rows, columns = columns;
    private readonly nint row = TensorBytes.Address(rows), column = TensorBytes.Address(columns);
    private readonly int dimensions = (int)columns.shape[1];
    private readonly bool wide = columns.dtype == ScalarType.Float64;

    /// <summary>The squared distance of a row and a column.</summary>
    public double Squared(int i, int j)
    {
        double[] rented = ArrayPool<double>.Shared.Rent(dimensions);
        var terms = rented.AsSpan(0, dimensions);
        long first = (long)i * dimensions, second = (long)j * dimensions;
        if (wide) Squares((double*)row + first, (double*)column + second, terms);
        else Squares((float*)row + first, (float*)column + second, terms);
        double sum = Sum(terms);
        ArrayPool<double>.Shared.Return(rented);
        return sum;
    }

    private static void Squares(double* one, double* other, Span<double> terms)
    {
        for (int axis = 0; axis < terms.Length; axis++)
        {
            double gap = one[axis] - other[axis];
            terms[axis] = gap * gap;
        }
    }

    private static void Squares(float* one, float* other, Span<double> terms)
    {
        int axis = 0;
        fixed (double* term = terms)
        {
            for (; axis <= terms.Length - Vector512<float>.Count; axis += Vector512<float>.Count)
            {
                var (oneLow, oneHigh) = Vector512.Widen(Vector512.Load(one + axis));
                var (otherLow, otherHigh) = Vector512.Widen(Vector512.Load(other + axis));
                Vector512.Store((oneLow - otherLow) * (oneLow - otherLow), term + axis);
                Vector512.Store((oneHigh - otherHigh) * (oneHigh - otherHigh), term + axis + Vector512<double>.Count);
            }
        }
        for (; axis < terms.Length; axis++)
        {
            double gap = (double)one[axis] - other[axis];
            terms[axis] = gap * gap;
        }
    }

    private static double Sum(Span<double> terms)
    {
        fixed (double* term = terms)
        {
            for (int size = terms.Length, half; size > 1; size = half)
            {
                half = (size + 1) / 2;
                int at = 0, pairs = size - half;
                for (; at <= pairs - Vector512<double>.Count; at += Vector512<double>.Count)
                    Vector512.Store(Vector512.Load(term + at) + Vector512.Load(term + half + at), term + at);
                for (; at < pairs; at++) term[at] += term[half + at];
            }
            return *term;
        }
    }
}
