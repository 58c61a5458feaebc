namespace Veer.Formats;

/// <summary>Whole folders or none: the files are written into a folder beside the target, which is then renamed to it.</summary>
internal static class AtomicFolder
{
    /// <summary>Makes a folder through a callback.</summary>
    /// <param name="path">The folder; there is none yet, or an empty one.</param>
    /// <param name="write">Writes the files into the folder that it is handed. If it throws, nothing is left.</param>
    /// <exception cref="IOException">The disk is full, a folder with files is there, or another process is writing this folder.</exception>
    public static void Write(string path, Action<string> write)
    {
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)), partial = AtomicFile.PartialOf(target);
        if (Path.GetDirectoryName(target) is { } above) Directory.CreateDirectory(above);
        // held until the folder is whole: a second writer is refused, and what it would take for a killed one's leavings stays
        using var held = new FileStream(partial + ".lock", FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
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
