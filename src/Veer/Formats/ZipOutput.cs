using System.IO.Compression;

namespace Veer.Formats;

/// <summary>Writes zips. Equal entries give equal bytes: stored without compression, no time of day.</summary>
internal static class ZipOutput
{
    // the first moment that a zip can name
    private static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes an archive, atomically.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="entries">Names and what writes their contents, in the order of the archive; made one by one.</param>
    public static void Write(string path, IEnumerable<(string Name, Action<Stream> Write)> entries) => AtomicFile.Write(path, stream =>
    {
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var (name, write) in entries)
        {
            var entry = zip.CreateEntry(name, CompressionLevel.NoCompression);
            entry.LastWriteTime = Epoch;
            using var target = entry.Open();
            write(target);
        }
    });
}
