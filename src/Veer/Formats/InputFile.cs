namespace Veer.Formats;

/// <summary>Opens the files that users name.</summary>
internal static class InputFile
{
    /// <summary>A seekable stream over a file that must exist and hold something.</summary>
    /// <param name="path">The file.</param>
    /// <param name="expected">What should stand there, for the error's line.</param>
    /// <param name="cancellation">Ends every later reading from the stream.</param>
    /// <exception cref="InputException">There is no such file, it has no bytes of its own (a pipe, a device), or it may not be read.</exception>
    public static InputStream Open(string path, string expected, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        var place = new InputPlace(path, "file");
        try
        {
            if (Directory.Exists(path)) throw place.Fault("a folder", expected);
            if (!File.Exists(path)) throw place.Fault("no such file", expected);
            // before it is opened: that of a pipe would wait for a writer, and a device goes on for ever; a link has a length of its own
            var target = File.ResolveLinkTarget(Path.GetFullPath(path), returnFinalTarget: true) as FileInfo ?? new FileInfo(path);
            if (!target.Exists) throw place.Fault($"no such file (a link to {target.FullName})", expected);
            if (target.Length == 0) throw place.Fault("a file of 0 bytes (empty, a pipe or a device)", expected);
            return new InputStream(path, cancellation);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw place.Fault("no such file", expected);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw place.Fault($"a file that cannot be read ({e.Message})", expected);
        }
    }

    /// <summary>All bytes of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="place">For errors.</param>
    /// <param name="most">Bytes that such a file may have.</param>
    /// <param name="expected">What should stand there.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static byte[] Read(string path, InputPlace place, int most, string expected, CancellationToken cancellation)
    {
        using var stream = Open(path, expected, cancellation);
        if (stream.Length > most) throw place.Fault($"{stream.Length} bytes", $"at most {most}");
        var bytes = new byte[stream.Length];
        int count = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return count == bytes.Length ? bytes : throw place.Fault("a file that breaks off", expected);
    }
}

/// <summary>A user's file, every reading of which ends when that is asked for: so does all that unpacks or parses it.</summary>
internal sealed class InputStream(string path, CancellationToken cancellation)
    : FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan)
{
    // what a slow disk gives in a moment
    private const int Most = 1 << 20;

    public override int Read(Span<byte> buffer)
    {
        cancellation.ThrowIfCancellationRequested();
        return base.Read(buffer[..Math.Min(buffer.Length, Most)]);
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        cancellation.ThrowIfCancellationRequested();
        return base.Read(buffer, offset, Math.Min(count, Most));
    }
}

/// <summary>Where in the user's input a reader stands: it gives faults their file and field.</summary>
internal readonly record struct InputPlace(string File, string Field)
{
    public InputException Fault(string found, string expected) => new(File, Field, found, expected);
}
