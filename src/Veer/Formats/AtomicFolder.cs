namespace Veer.Formats;

/// <summary>Whole folders or none: the files are written into a folder beside the target, which is then renamed to it.</summary>
internal static class AtomicFolder
{
    // a fixed name: what a killed process left behind is removed by the next
    private const string Suffix = ".partial";

    /// <summary>Makes a folder through a callback.</summary>
    /// <param name="path">The folder; there is none yet, or an empty one.</param>
    /// <param name="write">Writes the files into the folder that it is handed. If it throws, nothing is left.</param>
    /// <exception cref="IOException">The disk is full, or a folder with files is there.</exception>
    public static void Write(string path, Action<string> write)
    {
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)), partial = target + Suffix;
        if (Directory.Exists(partial)) Directory.Delete(partial, recursive: true);
        Directory.CreateDirectory(partial);
        try
        {
            write(partial);
            if (Directory.Exists(target)) Directory.Delete(target); // an empty one alone
            Directory.Move(partial, target);
        }
        catch
        {
            Discard(partial);
            throw;
        }
    }

    private static void Discard(string partial)
    {
        try
        {
            Directory.Delete(partial, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // the first error is the one to report
        }
    }
}
