namespace Veer.Formats;

/// <summary>Opens the files that users name.</summary>
internal static class InputFile
{
    /// <summary>A seekable stream over a file that must exist.</summary>
    /// <param name="path">The file.</param>
    /// <param name="expected">What should stand there, for the error's line.</param>
    public static FileStream Open(string path, string expected)
    {
        var place = new InputPlace(path, "file");
        if (Directory.Exists(path)) throw place.Fault("a folder", expected);
        try
        {
            var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
            if (stream.CanSeek) return stream;
            stream.Dispose();
            throw place.Fault("a pipe", expected);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw place.Fault("no such file", expected);
        }
    }
}

/// <summary>Where in the user's input a reader stands: it gives faults their file and field.</summary>
internal readonly record struct InputPlace(string File, string Field)
{
    public InputException Fault(string found, string expected) => new(File, Field, found, expected);
}
