using Veer.Formats;
using Veer.Studies.Runs;
using Veer.Training;

namespace Veer.Studies.Pipeline;

/// <summary>
/// Which stages of a run's folder are done, and under which settings: a stage whose settings and inputs have not changed is taken
/// from the folder, or from a run's folder beside it. A stage's key is the hash of its own settings and of the keys that it builds on.
/// </summary>
internal sealed class StageCache(string folder)
{
    private readonly string folder = Path.GetFullPath(folder);
    private readonly Dictionary<string, DoneStage> done = DoneStages.Read(folder);

    /// <summary>Whether the stages that were looked at are whole: their files are read once.</summary>
    private readonly Dictionary<string, bool> whole = [];

    /// <summary>Seconds that all stages took when they were made, whenever that was.</summary>
    public double Seconds => done.Values.Sum(entry => entry.Seconds);

    /// <summary>
    /// Where the stage stands: in the folder itself, or in that of a run beside it, for studies that share a model train it once. What lies
    /// in the run's own folder is a result, and made anew.
    /// </summary>
    /// <returns>The run's folder; null where it is to be made.</returns>
    public string? Find(Stage stage)
    {
        if (Has(stage)) return folder;
        string beside = Path.GetDirectoryName(folder)!;
        if (Folder(stage) == folder || !Directory.Exists(beside)) return null;
        return Directory.GetDirectories(beside, "*", new EnumerationOptions())
            .Order(StringComparer.Ordinal).FirstOrDefault(other => other != folder && Lent(stage, other) is not null);
    }

    /// <summary>Takes the stage over from a run beside this one.</summary>
    /// <returns>Whether it stands here now; not so where the other run has begun to make it anew.</returns>
    public bool Take(Stage stage, string other)
    {
        if (Lent(stage, other) is not { } entry) return false;
        Begin(stage);
        CopyFolder(Path.GetDirectoryName(Path.Combine(other, entry.Output))!, Folder(stage));
        if (Lent(stage, other) is not { } still || !still.LeftWhat(entry)) return false;
        Add(stage, entry.Seconds);
        return true;
    }

    /// <summary>Whether the stage stands in the folder.</summary>
    public bool Has(Stage stage) => done.TryGetValue(stage.Name, out var entry) && stage.IsServedBy(entry.Key) && whole.Once(stage.Name, () => entry.IsWhole(folder));

    /// <summary>
    /// Drops the results that are to be made again, before anything that they are of is replaced: where the run ends early, none is left beside a model that
    /// it is not of. Models and samples stay until their own turn, so that a run that is taken back has lost none.
    /// </summary>
    public void DropResults(IEnumerable<Stage> again)
    {
        int before = done.Count;
        foreach (var stage in again.Where(stage => Folder(stage) == folder)) done.Remove(stage.Name);
        if (done.Count < before) Save();
    }

    /// <summary>Records that the stage is about to be made: from here on its files are neither those of before nor whole.</summary>
    public void Begin(Stage stage)
    {
        whole.Remove(stage.Name);
        if (done.Remove(stage.Name)) Save();
    }

    /// <summary>Records that the stage is done.</summary>
    public void Add(Stage stage, double seconds)
    {
        done[stage.Name] = new(stage.Key, seconds, FromFolder(stage.Output), Left(stage).ToDictionary(FromFolder, Checksum.Of));
        Save();
        // a training's result is safe from here on
        Checkpoint.Delete(Folder(stage));
    }

    /// <summary>All that a stage has left: its folder, but for what is told of the training there, or its output in the run's folder and what belongs to that.</summary>
    private IEnumerable<string> Left(Stage stage) => Folder(stage) != folder
        ? Files(Folder(stage)).Where(file => !Checkpoint.Is(file) && !EventLog.Is(file) && !LossLog.Is(file))
        : [stage.Output, .. stage.Beside.SelectMany(place => Directory.Exists(place) ? Files(place) : File.Exists(place) ? [place] : [])];

    /// <summary>With the separator that every system reads.</summary>
    private string FromFolder(string file) => Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/');

    private void Save() => DoneStages.Write(folder, done);

    private static string Folder(Stage stage) => Path.GetDirectoryName(Path.GetFullPath(stage.Output))!;

    private static DoneStage? Lent(Stage stage, string other)
    {
        try
        {
            return DoneStages.Read(other).Values.FirstOrDefault(entry => stage.IsServedBy(entry.Key) && entry.IsWhole(other));
        }
        catch (Exception fault) when (fault is UnauthorizedAccessException or IOException or InputException)
        {
            // another's run, in a folder that many share, one that is being replaced, or a broken one
            return null;
        }
    }

    /// <summary>Not what other programs leave hidden.</summary>
    private static string[] Files(string below) => Directory.GetFiles(below, "*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = false });

    private static void CopyFolder(string from, string to)
    {
        if (Directory.Exists(to)) Directory.Delete(to, recursive: true);
        foreach (string file in Files(from).Where(file => !Checkpoint.Is(file)))
        {
            string copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
