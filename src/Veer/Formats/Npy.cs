namespace Veer.Formats;

/// <summary>
/// NumPy's .npy arrays: float16, float32, float64, int8 to int64, uint8 and bool, little-endian. Pickled objects are refused, and so is
/// a header that promises other bytes than the file holds, before any memory is taken. An array in Fortran order comes out in C order.
/// </summary>
public static class Npy
{
    private const string Expected = "an array in .npy format";

    /// <summary>Reads an array onto the CPU.</summary>
    /// <param name="path">The .npy.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="InputException">There is no such file, or it is no whole .npy array of numbers.</exception>
    public static Tensor Read(string path, CancellationToken cancellation = default)
    {
        using var stream = InputFile.Open(path, Expected, cancellation);
        var place = new InputPlace(path, "array");
        try
        {
            return Read(stream, stream.Length, place);
        }
        catch (EndOfStreamException)
        {
            throw place.Fault("a file that breaks off", Expected);
        }
    }

    /// <summary>Writes an array in C order, atomically.</summary>
    /// <exception cref="ArgumentException">.npy has no such element type.</exception>
    public static void Write(string path, Tensor array)
    {
        Check(array, nameof(array));
        AtomicFile.Write(path, stream => Write(stream, array));
    }

    /// <summary>Reads an array from a stream of known length; a shorter one may throw <see cref="EndOfStreamException"/>.</summary>
    internal static Tensor Read(Stream stream, long length, InputPlace place)
    {
        var header = NpyHeader.Read(stream, place, out long start);
        CheckLength(header, length - start, place);
        using var scope = NewDisposeScope();
        if (!header.Fortran) return TensorBytes.Read(stream, header.Shape, header.Type).MoveToOuterDisposeScope();
        // the same bytes in C order, indexed from the other end
        var reversed = TensorBytes.Read(stream, [.. header.Shape.Reverse()], header.Type);
        long[] order = [.. Enumerable.Range(0, header.Shape.Length).Reverse().Select(axis => (long)axis)];
        return reversed.permute(order).contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>Refuses a header that promises other bytes of elements than there are.</summary>
    internal static void CheckLength(NpyHeader header, long length, InputPlace place)
    {
        using var sample = empty(0, header.Type);
        if (!TensorBytes.TryLength(header.Shape, (int)sample.element_size(), out long promised))
            throw place.Fault($"shape ({string.Join(", ", header.Shape)})", "an array that fits 63 bits");
        if (promised != length) throw place.Fault($"{length} bytes of elements", $"{promised}, as the header's shape and type say");
    }

    internal static void Write(Stream stream, Tensor array)
    {
        stream.Write(new NpyHeader(array.dtype, Fortran: false, array.shape).ToBytes());
        TensorBytes.Write(stream, array);
    }

    internal static void Check(Tensor array, string name)
    {
        if (!NpyHeader.CanHold(array.dtype)) throw new ArgumentException($"{name}: .npy has no type {ElementType.NameOf(array.dtype)}; convert it first");
    }
}
