using System.IO.Compression;

namespace Veer.Formats;

/// <summary>An array of an .npz that is read piece by piece in C order, for arrays larger than the memory.</summary>
internal sealed class NpzArray : IDisposable
{
    private readonly ZipInput zip;
    private readonly ZipArchiveEntry entry;
    private readonly InputPlace place;
    private readonly Crc32Stream stream;

    private NpzArray(ZipInput zip, ZipArchiveEntry entry, InputPlace place, Crc32Stream stream, long[] shape) =>
        (this.zip, this.entry, this.place, this.stream, Shape) = (zip, entry, place, stream, shape);

    /// <summary>Sides, the slowest index first.</summary>
    public long[] Shape { get; }

    /// <summary>Reads and checks the header: no memory is taken for a length that the entry does not have.</summary>
    /// <param name="zip">The open archive.</param>
    /// <param name="entry">The array's entry.</param>
    /// <param name="place">For errors.</param>
    /// <param name="type">The element type that the array must have.</param>
    public static NpzArray Open(ZipInput zip, ZipArchiveEntry entry, InputPlace place, ScalarType type)
    {
        var stream = zip.Open(entry, place);
        try
        {
            var header = NpyHeader.Read(stream, place, out long start);
            if (header.Type != type) throw place.Fault($"type {ElementType.NameOf(header.Type)}", ElementType.NameOf(type));
            if (header.Fortran && header.Shape.Length > 1) throw place.Fault("Fortran order", "C order, as NumPy writes arrays by default");
            Npy.CheckLength(header, entry.Length - start, place);
            return new NpzArray(zip, entry, place, stream, header.Shape);
        }
        catch (Exception e)
        {
            stream.Dispose();
            if (ZipInput.IsDamage(e)) throw zip.Damaged(place);
            throw;
        }
    }

    /// <summary>Reads the next bytes of elements.</summary>
    public void Read(Span<byte> elements)
    {
        try
        {
            stream.ReadExactly(elements);
        }
        catch (Exception e) when (ZipInput.IsDamage(e))
        {
            throw zip.Damaged(place);
        }
    }

    /// <summary>Verifies the checksum, after the last element.</summary>
    public void Finish()
    {
        try
        {
            zip.Verify(entry, stream, place);
        }
        catch (Exception e) when (ZipInput.IsDamage(e))
        {
            throw zip.Damaged(place);
        }
    }

    public void Dispose() => stream.Dispose();
}
