using System.Text;

namespace Veer.Formats;

/// <summary>
/// Whole files or none: the bytes are written beside the target, flushed to the disk, and renamed over it. Whoever reads the target
/// sees the old file or the new one, even after a power cut.
/// </summary>
internal static class AtomicFile
{
    private const string Suffix = ".partial";

    /// <summary>Bytes by which the name of what is being written is longer than the target's, with that of a folder's lock.</summary>
    internal const int NameGrowth = 14;

    /// <summary>
    /// Where a file or folder is written until it is whole: a name of its own, and hidden, so that it is nobody else's. It is fixed: what a killed
    /// process left behind is overwritten by the next write, and a second writer at the same time is refused.
    /// </summary>
    internal static string PartialOf(string target) => Path.Combine(Path.GetDirectoryName(target) ?? "", $".{Path.GetFileName(target)}{Suffix}");

    /// <summary>Writes a file through a callback; a missing folder is made, and a link leads to the file that is written.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="write">Writes the content to a seekable stream. If it throws, the old file stays as it was.</param>
    /// <exception cref="IOException">The disk is full, the folder cannot be made, or another process is writing this file.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or file may not be written.</exception>
    public static void Write(string path, Action<Stream> write) => Write([(path, write)]);

    /// <summary>Writes files that belong together: all are whole before the first is put in its place, in their order.</summary>
    /// <param name="files">What <see cref="Write(string, Action{Stream})"/> takes.</param>
    public static void Write(IReadOnlyList<(string Path, Action<Stream> Write)> files)
    {
        var written = new List<(string Partial, string Target, FileStream Stream)>();
        try
        {
            foreach (var (path, write) in files)
            {
                string target = Target(path), partial = PartialOf(target);
                // where another writer holds the file, it is not ours to delete
                var stream = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None);
                written.Add((partial, target, stream));
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            // an open file is a locked one: no other writer begins it anew before it is in its place. Windows moves none that is open.
            if (OperatingSystem.IsWindows()) Close();
            foreach (var (partial, target, _) in written) File.Move(partial, target, overwrite: true);
            Close();
        }
        catch
        {
            foreach (var (partial, _, stream) in written) Discard(partial, stream);
            throw;
        }

        void Close()
        {
            foreach (var (_, _, stream) in written) stream.Dispose();
        }
    }

    /// <summary>Writes a text file, UTF-8 without a byte order mark; the rest as <see cref="Write(string, Action{Stream})"/>.</summary>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    private static string Target(string path)
    {
        string target = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(target) ?? throw new ArgumentException($"{path} is a root folder, not a file", nameof(path)));
        return new FileInfo(target).LinkTarget is null ? target : File.ResolveLinkTarget(target, returnFinalTarget: true)!.FullName;
    }

    private static void Discard(string partial, FileStream stream)
    {
        // the first error is the one to report: a full disk fails once more where the rest is written at the end
        foreach (var step in (Action[])[stream.Dispose, () => File.Delete(partial)])
        {
            try
            {
                step();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
            }
        }
    }
}
