using System.IO.Compression;

namespace Veer.Formats;

/// <summary>
/// A zip that a user names, read without trust: names that lead out of it, claims of size that deflate cannot meet and wrong checksums
/// are refused, before any memory is taken where that can be.
/// </summary>
internal sealed class ZipInput : IDisposable
{
    private readonly ZipArchive zip;
    private readonly long length;
    private readonly string expected;

    private ZipInput(string path, ZipArchive zip, long length, string expected) =>
        (Path, this.zip, this.length, this.expected) = (path, zip, length, expected);

    /// <summary>The archive's file.</summary>
    public string Path { get; }

    /// <summary>The entries in the archive's order.</summary>
    public IReadOnlyList<ZipArchiveEntry> Entries => zip.Entries;

    /// <summary>Opens an archive and reads its directory.</summary>
    /// <param name="path">The archive's file.</param>
    /// <param name="expected">What should stand there, for the error's line.</param>
    /// <param name="cancellation">Ends this and every later reading from it.</param>
    public static ZipInput Open(string path, string expected, CancellationToken cancellation = default)
    {
        try
        {
            return InputFile.Open(path, expected, cancellation).OrDispose(stream =>
            {
                var zip = new ZipArchive(stream, ZipArchiveMode.Read);
                _ = zip.Entries; // the directory, which is read late, and may be damaged
                return new ZipInput(path, zip, stream.Length, expected);
            });
        }
        catch (Exception e) when (IsDamage(e))
        {
            throw new InputException(path, "file", "no zip, or one cut short", expected);
        }
    }

    /// <summary>Opens an entry whose claims fit the archive; what is read is checked by <see cref="Verify"/>.</summary>
    /// <param name="entry">One of <see cref="Entries"/>.</param>
    /// <param name="place">For errors.</param>
    public Crc32Stream Open(ZipArchiveEntry entry, InputPlace place)
    {
        if (entry.CompressedLength > length || entry.Length / Deflate.MaxRatio > entry.CompressedLength)
            throw place.Fault($"{entry.CompressedLength} packed bytes for {entry.Length}", "an entry that fits its file");
        if (entry.IsEncrypted) throw place.Fault("an encrypted entry", "one without a password");
        try
        {
            return new Crc32Stream(entry.Open());
        }
        catch (Exception e) when (IsDamage(e))
        {
            throw place.Fault("an entry that is damaged, or packed otherwise than by deflate", expected);
        }
    }

    /// <summary>Reads a whole entry.</summary>
    /// <param name="entry">One of <see cref="Entries"/>.</param>
    /// <param name="most">Bytes that such an entry may have.</param>
    public byte[] Read(ZipArchiveEntry entry, int most)
    {
        var place = new InputPlace(Path, entry.FullName);
        using var stream = Open(entry, place);
        if (entry.Length > most) throw place.Fault($"{entry.Length} bytes", $"at most {most}");
        try
        {
            var bytes = new byte[entry.Length];
            stream.ReadExactly(bytes);
            Verify(entry, stream, place);
            return bytes;
        }
        catch (Exception e) when (IsDamage(e))
        {
            throw Damaged(place);
        }
    }

    /// <summary>Refuses an entry that goes on after its last byte, or whose checksum is wrong.</summary>
    public void Verify(ZipArchiveEntry entry, Crc32Stream read, InputPlace place)
    {
        if (read.ReadByte() >= 0) throw place.Fault($"bytes after the {entry.Length} that it claims", expected);
        if (read.Checksum != entry.Crc32) throw place.Fault("a wrong checksum", expected);
    }

    /// <summary>The error for what <see cref="IsDamage"/> caught.</summary>
    public InputException Damaged(InputPlace place) => place.Fault("a damaged entry", expected);

    /// <summary>Whether this is how .NET reports damaged or missing bytes.</summary>
    public static bool IsDamage(Exception e) => e is InvalidDataException or EndOfStreamException;

    /// <summary>Closes the archive.</summary>
    public void Dispose() => zip.Dispose();
}
