using System.Buffers.Binary;
using System.IO.Compression;

namespace Veer.Formats;

/// <summary>An open IDX file, plain or gzipped, whose elements are read piece by piece.</summary>
internal sealed class IdxStream : IDisposable
{
    private readonly Stream content;
    private readonly InputPlace place;
    private readonly string expected;

    private IdxStream(Stream content, InputPlace place, string expected, long[] shape) =>
        (this.content, this.place, this.expected, Shape) = (content, place, expected, shape);

    /// <summary>Sides, the slowest index first: [N, height, width] of images, [N] of labels.</summary>
    public long[] Shape { get; }

    /// <summary>Opens images and checks the header against the file's length.</summary>
    public static IdxStream OpenImages(string path, CancellationToken cancellation = default) =>
        Open(path, Idx.ImagesMagic, 3, "IDX images", cancellation);

    /// <summary>Opens labels and checks the header against the file's length.</summary>
    public static IdxStream OpenLabels(string path, CancellationToken cancellation = default) =>
        Open(path, Idx.LabelsMagic, 1, "IDX labels", cancellation);

    /// <summary>Reads the next elements.</summary>
    public void Read(Span<byte> elements)
    {
        try
        {
            content.ReadExactly(elements);
        }
        catch (Exception e) when (IsDamage(e))
        {
            throw Fault(e, place, expected);
        }
    }

    /// <summary>Reads all elements, from the first on: uint8 of shape <see cref="Shape"/>.</summary>
    public Tensor ReadAll()
    {
        try
        {
            return TensorBytes.Read(content, Shape, ScalarType.Byte);
        }
        catch (Exception e) when (IsDamage(e))
        {
            throw Fault(e, place, expected);
        }
    }

    /// <summary>Refuses a file that goes on after its last element; a gzipped one's checksum is verified here too.</summary>
    public void Finish()
    {
        try
        {
            if (content.ReadByte() >= 0) throw place.Fault("bytes after the last element", Promise(Shape));
        }
        catch (Exception e) when (IsDamage(e))
        {
            throw Fault(e, place, expected);
        }
    }

    public void Dispose() => content.Dispose();

    private static IdxStream Open(string path, int magic, int rank, string expected, CancellationToken cancellation)
    {
        var file = InputFile.Open(path, expected, cancellation);
        var place = new InputPlace(path, "file");
        Stream content = file;
        try
        {
            bool zipped = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
            file.Position = 0;
            if (zipped) content = new GZipStream(file, CompressionMode.Decompress);
            long[] header = ReadHeader(content, 1 + rank);
            if (header[0] != magic) throw place.Fault($"magic number {header[0]}", $"{magic} ({expected})");
            long[] shape = header[1..];
            long most = zipped ? file.Length * Deflate.MaxRatio : file.Length;
            if (!TensorBytes.TryLength(shape, 1, out long promised) || promised > most)
                throw place.Fault($"a file of {file.Length} bytes", Promise(shape));
            return new IdxStream(content, place, expected, shape);
        }
        catch (Exception e)
        {
            content.Dispose();
            if (IsDamage(e)) throw Fault(e, place, expected);
            throw;
        }
    }

    private static long[] ReadHeader(Stream content, int count)
    {
        Span<byte> bytes = stackalloc byte[count * sizeof(uint)];
        content.ReadExactly(bytes);
        var numbers = new long[count];
        for (int i = 0; i < count; i++) numbers[i] = BinaryPrimitives.ReadUInt32BigEndian(bytes[(i * sizeof(uint))..]);
        return numbers;
    }

    private static string Promise(long[] shape) => $"{string.Join(" x ", shape)} elements, as its header says";

    private static bool IsDamage(Exception e) => e is EndOfStreamException or InvalidDataException;

    private static InputException Fault(Exception e, InputPlace place, string expected) =>
        place.Fault(e is EndOfStreamException ? "a file that breaks off" : "damaged gzip data", $"whole {expected}");
}
