using Veer.Data;
using Veer.Formats;
using Veer.Models;
using Veer.Training;

namespace Veer.Cli;

/// <summary>Looks at the place of a result before the work begins: what cannot be written there is told at once.</summary>
internal static class OutputPath
{
    /// <summary>The longest name that common file systems hold, in bytes; and of what is written, less what is added meanwhile.</summary>
    private const int LongestFolder = 255, LongestName = LongestFolder - AtomicFile.NameGrowth;

    /// <summary>Folders whose entries are no files, and must not be replaced by any.</summary>
    private static readonly string[] Devices = ["/dev", "/proc", "/sys"];

    /// <summary>What tells the folder of a run, however early it was stopped.</summary>
    private static readonly string[] RunFiles = ["run.lock", "stages.json"];

    /// <summary>What a run makes in its folder, and a model is of; beside that lies what a training leaves.</summary>
    private static readonly string[] OfRuns = [.. RunFiles, "study.yaml", "results.json", "strengths.json", "report.html", "models", "generated", "validation", "samples", "evaluations", "judged", "figures"];
    private static readonly string[] OfModels = ["config.json", "model.safetensors"];

    /// <summary>A file to write or replace.</summary>
    /// <param name="option">The option that names it.</param>
    /// <param name="path">Where.</param>
    /// <param name="ending">What its name must end in, if in anything.</param>
    /// <exception cref="InputException">It ends otherwise, a folder or a device is there, no folder can hold it, or it would be a part of a run or a model.</exception>
    public static string File(string option, string path, string ending = "")
    {
        Validate(option, path);
        if (Directory.Exists(path) || Path.EndsInDirectorySeparator(path)) throw Fault(option, path, "a folder", "a file");
        if (Owner(path) is { } owner) throw Fault(option, path, owner, "another place");
        return path.EndsWith(ending, StringComparison.OrdinalIgnoreCase) ? path : throw CommandRunner.CommandLineFault(option, path, $"a name that ends in {ending}");
    }

    /// <summary>Refuses a place that is one of the inputs, or lies in one as if it belonged there: they would be lost.</summary>
    public static void Apart(string option, string path, params IEnumerable<string?> inputs)
    {
        string target = FolderTree.RealOrFull(path);
        // files of arrays and tables are no part of a folder of images
        bool guest = SampleFormat.All.Any(format => format.Read is not null && format.IsMeant(target));
        foreach (string input in inputs.OfType<string>().Where(input => input.Length > 0).SelectMany(Places).Select(FolderTree.RealOrFull))
        {
            if (input == target || FolderTree.Holds(AtomicFile.PartialOf(target), input)) throw Fault(option, path, "an input of this command", "another place");
            if (!guest && FolderTree.Holds(input, target)) throw Fault(option, path, $"in {input}, an input of this command", "another place");
        }

        // a known name stands for its folders
        static IEnumerable<string> Places(string input)
        {
            string whole = Samples.SplitPart(input).Path;
            return Path.Exists(whole) || !DataFolders.Names.Contains(whole) ? [whole] : DataFolders.Usual(whole);
        }
    }

    /// <summary>A folder to make or write into.</summary>
    /// <exception cref="InputException">A file or a device is there, or no folder can hold it.</exception>
    public static string Folder(string option, string path)
    {
        Validate(option, path);
        if (System.IO.File.Exists(path)) throw Fault(option, path, "a file", "a folder");
        if (IsRun(path)) throw Fault(option, path, "a run", "another place");
        if (Owner(path) is { } owner) throw Fault(option, path, owner, "another place");
        return path;
    }

    /// <summary>Whose part a place would be, a model's or that of a run's stages; null where it is nobody's.</summary>
    private static string? Owner(string path)
    {
        string target = FolderTree.RealOrFull(path);
        string? folder = Path.GetDirectoryName(target);
        if (folder is not null && ModelFolder.Exists(folder) && (OfModels.Contains(Path.GetFileName(target)) || LossLog.Is(target) || Checkpoint.Is(target))) return $"in {folder}, which is a model";
        for (; folder is not null; folder = Path.GetDirectoryName(folder))
            if (IsRun(folder) && OfRuns.Contains(Path.GetRelativePath(folder, target).Split(Path.DirectorySeparatorChar)[0])) return $"in {folder}, which is a run";
        return null;
    }

    private static bool IsRun(string folder) => RunFiles.Any(name => System.IO.File.Exists(Path.Combine(folder, name)));

    /// <summary>The folder of a run, which is new, empty, or holds one.</summary>
    /// <exception cref="InputException">As for <see cref="Folder"/>; or it holds other files, among which a run's would be lost.</exception>
    public static string RunFolder(string option, string path)
    {
        if (IsRun(path))
        {
            Validate(option, path);
            return path;
        }
        return Own(option, path, "run");
    }

    /// <summary>The folder of an evaluation's page, which is new, empty, or holds one.</summary>
    /// <exception cref="InputException">As for <see cref="Folder"/>; or it holds other files, among which a page would be lost.</exception>
    public static string ReportFolder(string option, string path) =>
        System.IO.File.Exists(Path.Combine(path, "evaluation.json")) ? Folder(option, path) : Own(option, path, "report");

    private static string Own(string option, string path, string thing)
    {
        Folder(option, path);
        if (!Directory.Exists(path)) return path;
        return Directory.EnumerateFileSystemEntries(path).FirstOrDefault() is { } other
            ? throw Fault(option, path, $"a folder that holds no {thing} ({Path.GetFileName(other)} is in it)", $"a new or empty folder, or that of an earlier {thing}") : path;
    }

    private static void Validate(string option, string path)
    {
        // a link leads to what is written
        string whole = FolderTree.RealOrFull(path);
        if (System.Text.Encoding.UTF8.GetByteCount(Path.GetFileName(Path.TrimEndingDirectorySeparator(whole))) > LongestName
            || whole.Split(Path.DirectorySeparatorChar).Any(part => System.Text.Encoding.UTF8.GetByteCount(part) > LongestFolder))
            throw new InputException("command line", option, $"a name of more than {LongestName} bytes", "a shorter one");
        if (Devices.Any(folder => whole == folder || whole.StartsWith(folder + "/", StringComparison.Ordinal)))
            throw Fault(option, path, "a place of devices", "one for files");
        string? above = Path.GetDirectoryName(whole);
        while (above is not null && !Directory.Exists(above))
        {
            if (System.IO.File.Exists(above)) throw Fault(option, path, $"the file {above} on the way", "folders");
            above = Path.GetDirectoryName(above);
        }
        Writable(option, path, Directory.Exists(whole) ? whole : above ?? whole);
    }

    /// <summary>Makes a file for a moment: rights alone do not tell of disks that are read-only.</summary>
    private static void Writable(string option, string path, string folder)
    {
        try
        {
            using var made = new FileStream(Path.Combine(folder, $".veer-{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw Fault(option, path, $"in {folder}, which cannot be written to", "a place that can");
        }
    }

    private static InputException Fault(string option, string path, string found, string expected) =>
        new("command line", option, $"'{path}', {found}", expected);
}
