using System.Buffers.Binary;
using System.IO.Compression;

namespace Veer.Tests.Formats;

/// <summary>Makes small IDX files.</summary>
internal static class IdxFile
{
    public static byte[] Images(byte[] pixels, int count, int height = 28, int width = 28) => Make(2051, [count, height, width], pixels);

    public static byte[] Labels(params byte[] labels) => Make(2049, [labels.Length], labels);

    public static byte[] Make(int magic, int[] sides, byte[] elements)
    {
        var bytes = new List<byte>();
        foreach (int number in (int[])[magic, .. sides])
        {
            var field = new byte[sizeof(int)];
            BinaryPrimitives.WriteInt32BigEndian(field, number);
            bytes.AddRange(field);
        }
        return [.. bytes, .. elements];
    }

    public static byte[] Zip(byte[] content)
    {
        using var memory = new MemoryStream();
        using (var zip = new GZipStream(memory, CompressionLevel.Optimal)) zip.Write(content);
        return memory.ToArray();
    }
}
