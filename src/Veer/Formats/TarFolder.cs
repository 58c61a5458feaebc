using System.Formats.Tar;
using System.IO.Compression;

namespace Veer.Formats;

/// <summary>Unpacks .tar.gz archives.</summary>
internal static class TarFolder
{
    private const string Expected = "a whole .tar.gz of files and folders";

    /// <summary>
    /// Unpacks an archive's files into a folder. Names that lead out of it, links, and more bytes than <paramref name="most"/> are refused.
    /// </summary>
    /// <param name="archive">The archive's file.</param>
    /// <param name="folder">Where to; made where it is missing. What was unpacked before an error stays.</param>
    /// <param name="most">Bytes that all files may have together.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static void Unpack(string archive, string folder, long most, CancellationToken cancellation)
    {
        folder = Path.GetFullPath(folder);
        using var file = InputFile.Open(archive, Expected, cancellation);
        using var zip = new GZipStream(file, CompressionMode.Decompress);
        using var tar = new TarReader(zip);
        try
        {
            while (tar.GetNextEntry() is { } entry)
            {
                cancellation.ThrowIfCancellationRequested();
                EntryName.Check(archive, entry.Name);
                // whole: a name that ends in a dot is its folder's
                string target = Path.GetFullPath(Path.Combine(folder, entry.Name));
                if (IsTaken(folder, target, entry.EntryType == TarEntryType.Directory))
                    throw new InputException(archive, entry.Name, "a file and a folder of one name", "either");
                switch (entry.EntryType)
                {
                    case TarEntryType.Directory:
                        Directory.CreateDirectory(target);
                        break;
                    case TarEntryType.RegularFile or TarEntryType.V7RegularFile:
                        most -= entry.Length;
                        if (most < 0) throw new InputException(archive, entry.Name, $"{entry.Length} bytes", "files that fit the data set");
                        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                        using (var unpacked = new FileStream(target, FileMode.Create, FileAccess.Write)) entry.DataStream?.CopyTo(unpacked);
                        break;
                    case TarEntryType.GlobalExtendedAttributes:
                        break; // about the archive, such as its commit
                    default:
                        throw new InputException(archive, entry.Name, $"an entry of type {entry.EntryType}", "files and folders only");
                }
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException or OverflowException or ArgumentException or PathTooLongException)
        {
            throw new InputException(archive, "file", "damaged data", Expected);
        }
    }

    /// <summary>Whether a folder lies where a file is to be, or a file where a folder is to be.</summary>
    private static bool IsTaken(string folder, string target, bool isFolder)
    {
        if (!isFolder && (target.Length <= folder.Length || Path.EndsInDirectorySeparator(target) || Directory.Exists(target))) return true;
        string? above = Path.TrimEndingDirectorySeparator(isFolder ? target : Path.GetDirectoryName(target)!);
        for (; above?.Length > folder.Length; above = Path.GetDirectoryName(above))
        {
            if (File.Exists(above)) return true;
        }
        return false;
    }
}
