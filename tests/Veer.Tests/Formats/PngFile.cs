using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Veer.Formats;

namespace Veer.Tests.Formats;

/// <summary>Makes small PNG files of every kind, also of those that Veer refuses.</summary>
internal static class PngFile
{
    public const int Grey = 0, Rgb = 2, Palette = 3, GreyAlpha = 4, RgbAlpha = 6;

    /// <summary>An image of 8 bits a channel, grey or RGB by the number of bytes.</summary>
    public static byte[] Of(int height, int width, params byte[] pixels) =>
        Make(height, width, pixels.Length == height * width ? Grey : Rgb, 8, pixels);

    /// <summary>An image whose rows are given as they stand in the file; chunks may come before them.</summary>
    public static byte[] Make(int height, int width, int colour, int depth, byte[] rows, params (string Type, byte[] Data)[] chunks)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = ((byte)depth, (byte)colour);
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal))
        {
            int row = height == 0 ? 0 : rows.Length / height;
            for (int y = 0; y < height; y++)
            {
                zlib.WriteByte(0); // no filter
                zlib.Write(rows.AsSpan(y * row, row));
            }
        }
        return [0x89, .. "PNG\r\n\x1A\n"u8, .. Chunk("IHDR", header), .. chunks.SelectMany(chunk => Chunk(chunk.Type, chunk.Data)), .. Chunk("IDAT", packed.ToArray()), .. Chunk("IEND", [])];
    }

    private static byte[] Chunk(string type, byte[] data)
    {
        byte[] content = [.. Encoding.ASCII.GetBytes(type), .. data];
        using var checksum = new Crc32Stream(new MemoryStream(content));
        checksum.ReadExactly(new byte[content.Length]);
        return [.. BigEndian((uint)data.Length), .. content, .. BigEndian(checksum.Checksum)];
    }

    private static byte[] BigEndian(uint number)
    {
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return bytes;
    }
}
