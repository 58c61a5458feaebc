using System.Text;

namespace Veer.Formats;

/// <summary>
/// Whole files or none: the bytes are written beside the target, flushed to the disk, and renamed over it. Whoever reads the target
/// sees the old file or the new one, even after a power cut.
/// </summary>
internal static class AtomicFile
{
    // A fixed name: what a killed process left behind is overwritten by the next write, and a second writer at the same time is refused.
    private const string Suffix = ".partial";

    /// <summary>Writes a file through a callback; a missing folder is made.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="write">Writes the content to a seekable stream. If it throws, the old file stays as it was.</param>
    /// <exception cref="IOException">The disk is full, the folder cannot be made, or another process is writing this file.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or file may not be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string target = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)
            ?? throw new ArgumentException($"{path} is a root folder, not a file", nameof(path)));
        string partial = target + Suffix;
        // outside the try: where another writer holds the file, it is not ours to delete
        var stream = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None);
        try
        {
            using (stream)
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(partial, target, overwrite: true);
        }
        catch
        {
            Discard(partial);
            throw;
        }
    }

    /// <summary>Writes a text file, UTF-8 without a byte order mark; the rest as <see cref="Write"/>.</summary>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    private static void Discard(string partial)
    {
        try
        {
            File.Delete(partial);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // the first error is the one to report
        }
    }
}
