namespace Veer.Cli;

/// <summary>Looks at the place of a result before the work begins: what cannot be written there is told at once.</summary>
internal static class OutputPath
{
    /// <summary>The longest name that common file systems hold, in bytes.</summary>
    private const int LongestName = 255;

    /// <summary>Folders whose entries are no files, and must not be replaced by any.</summary>
    private static readonly string[] Devices = ["/dev", "/proc", "/sys"];

    /// <summary>A file to write or replace.</summary>
    /// <exception cref="InputException">A folder or a device is there, or no folder can hold it.</exception>
    public static string File(string option, string path)
    {
        Validate(option, path);
        if (Directory.Exists(path) || Path.EndsInDirectorySeparator(path)) throw Fault(option, path, "a folder", "a file");
        return path;
    }

    /// <summary>Refuses a place that is one of the inputs: they would be lost.</summary>
    public static void Apart(string option, string path, params IEnumerable<string> inputs)
    {
        if (inputs.Any(input => Path.GetFullPath(input) == Path.GetFullPath(path))) throw Fault(option, path, "an input of this command", "another file");
    }

    /// <summary>A folder to make or write into.</summary>
    /// <exception cref="InputException">A file or a device is there, or no folder can hold it.</exception>
    public static string Folder(string option, string path)
    {
        Validate(option, path);
        if (System.IO.File.Exists(path)) throw Fault(option, path, "a file", "a folder");
        return path;
    }

    private static void Validate(string option, string path)
    {
        string whole = Path.GetFullPath(path);
        if (whole.Split(Path.DirectorySeparatorChar).Any(part => System.Text.Encoding.UTF8.GetByteCount(part) > LongestName))
            throw new InputException("command line", option, $"a name of more than {LongestName} bytes", "a shorter one");
        if (Devices.Any(folder => whole == folder || whole.StartsWith(folder + "/", StringComparison.Ordinal)))
            throw Fault(option, path, "a place of devices", "one for files");
        string? above = Path.GetDirectoryName(whole);
        while (above is not null && !Directory.Exists(above))
        {
            if (System.IO.File.Exists(above)) throw Fault(option, path, $"the file {above} on the way", "folders");
            above = Path.GetDirectoryName(above);
        }
    }

    private static InputException Fault(string option, string path, string found, string expected) =>
        new("command line", option, $"'{path}', {found}", expected);
}
