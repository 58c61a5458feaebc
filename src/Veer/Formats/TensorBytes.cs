using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Veer.Formats;

/// <summary>The raw little-endian bytes of tensors, to and from streams and where they stand: no second copy, and no limit at 2 GB.</summary>
internal static class TensorBytes
{
    // bytes at a time; a span cannot pass 2 GB
    private const long Chunk = 1 << 28;

    /// <summary>Bytes of a tensor of this shape, or false where a number or a stride of it would overflow.</summary>
    public static bool TryLength(ReadOnlySpan<long> shape, int elementSize, out long length)
    {
        UInt128 strides = (UInt128)elementSize, product = (UInt128)elementSize;
        foreach (long side in shape)
        {
            strides *= (UInt128)Math.Max(side, 1);
            product *= (UInt128)side;
            if (strides > long.MaxValue)
            {
                length = 0;
                return false;
            }
        }
        length = (long)product;
        return true;
    }

    /// <summary>A new tensor on the CPU with the next bytes of a stream.</summary>
    /// <exception cref="EndOfStreamException">The stream holds fewer bytes.</exception>
    public static Tensor Read(Stream stream, ReadOnlySpan<long> shape, ScalarType type)
    {
        using var scope = NewDisposeScope();
        // a bool's byte may only be 0 or 1; files hold what they hold
        var tensor = empty(shape, type == ScalarType.Bool ? ScalarType.Byte : type);
        foreach (var part in Parts(tensor)) stream.ReadExactly(part.bytes);
        if (type == ScalarType.Bool) tensor = tensor.ne(0);
        return tensor.MoveToOuterDisposeScope();
    }

    /// <summary>Writes a tensor's elements in C order, wherever it lives and however it is strided.</summary>
    public static void Write(Stream stream, Tensor tensor)
    {
        using var scope = NewDisposeScope();
        foreach (var part in InOrder(tensor)) stream.Write(part.bytes);
    }

    /// <summary>A tensor's elements in C order, wherever it lives and however it is strided, in pieces whose bytes a span holds; they belong to the caller's dispose scope.</summary>
    public static IEnumerable<Tensor> InOrder(Tensor tensor) => Parts(tensor.detach().cpu().contiguous());

    /// <summary>Where the numbers of a contiguous tensor on the CPU stand; they stay there as long as it lives.</summary>
    public static unsafe nint Address(Tensor tensor)
    {
        // of one number: a span ends at 2 GB
        using var numbers = tensor.view(-1);
        using var first = numbers.narrow(0, 0, Math.Min(1, numbers.shape[0]));
        return (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
    }

    private static IEnumerable<Tensor> Parts(Tensor tensor)
    {
        var flat = tensor.view(-1);
        long step = Chunk / tensor.element_size();
        for (long at = 0; at < flat.shape[0]; at += step)
            yield return flat.narrow(0, at, Math.Min(step, flat.shape[0] - at));
    }
}
