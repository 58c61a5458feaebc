using System.IO.Compression;
using System.Security.Cryptography;

namespace Veer.Data;

/// <summary>The hash by which a published file is known.</summary>
internal static class ContentHash
{
    private const int Chunk = 1 << 16;

    /// <summary>SHA-256 in lower case, of a stream or of what it unpacks to; the stream is read to its end.</summary>
    /// <returns>The hash, or a remark that can be no hash, where the stream is no gzip or goes on for longer than the file has bytes.</returns>
    public static string Compute(Stream stream, KnownFile file)
    {
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using var content = file.HashOfContent ? new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true) : stream;
            var buffer = new byte[Chunk];
            long length = 0;
            for (int count; (count = content.Read(buffer)) > 0;)
            {
                hash.AppendData(buffer.AsSpan(0, count));
                length += count;
                if (length > file.Most) return $"more than {file.Most} bytes";
            }
            while (stream.Read(buffer) > 0)
            {
                // what follows the gzip data is kept as well
            }
            return Convert.ToHexStringLower(hash.GetCurrentHash());
        }
        catch (InvalidDataException)
        {
            return "no whole gzip data, or too much of it";
        }
    }
}
