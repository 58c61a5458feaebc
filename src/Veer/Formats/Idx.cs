using System.Buffers.Binary;
using System.IO.Compression;
using static TorchSharp.torch;

namespace Veer.Formats;

/// <summary>The IDX files of MNIST and its kin, plain or gzipped: big-endian magic number and sides, then a byte per element.</summary>
public static class Idx
{
    private const int ImagesMagic = 2051;
    private const int LabelsMagic = 2049;

    // deflate cannot pack more than this into one byte, so a larger claim is a lie
    private const long MaxRatio = 1032;

    /// <summary>Reads images: [N, height, width] uint8.</summary>
    /// <exception cref="InputException">There is no such file, it holds no images, or it breaks off.</exception>
    public static Tensor ReadImages(string path) => Read(path, ImagesMagic, 3, "IDX images");

    /// <summary>Reads labels: [N] uint8.</summary>
    /// <exception cref="InputException">There is no such file, it holds no labels, or it breaks off.</exception>
    public static Tensor ReadLabels(string path) => Read(path, LabelsMagic, 1, "IDX labels");

    private static Tensor Read(string path, int magic, int rank, string expected)
    {
        using var file = InputFile.Open(path, expected);
        var place = new InputPlace(path, "file");
        bool zipped = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
        file.Position = 0;
        using Stream content = zipped ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var scope = NewDisposeScope();
        try
        {
            long[] header = ReadHeader(content, 1 + rank);
            if (header[0] != magic) throw place.Fault($"magic number {header[0]}", $"{magic} ({expected})");
            long[] shape = header[1..];
            string sides = string.Join(" x ", shape);
            if (!TensorBytes.TryLength(shape, 1, out long promised) || promised > (zipped ? file.Length * MaxRatio : file.Length))
                throw place.Fault($"a file of {file.Length} bytes", $"{sides} elements, as its header says");
            var elements = TensorBytes.Read(content, shape, ScalarType.Byte);
            if (content.ReadByte() >= 0) throw place.Fault("bytes after the last element", $"{sides} elements, as its header says");
            return elements.MoveToOuterDisposeScope();
        }
        catch (EndOfStreamException)
        {
            throw place.Fault("a file that breaks off", $"whole {expected}");
        }
        catch (InvalidDataException)
        {
            throw place.Fault("damaged gzip data", $"whole {expected}");
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
}
