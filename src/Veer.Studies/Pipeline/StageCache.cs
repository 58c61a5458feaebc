using System.Text.Json;
using Veer.Formats;

namespace Veer.Studies.Pipeline;

/// <summary>
/// Which stages of a run's folder are done, and under which settings: a stage whose settings and inputs have not changed is taken
/// from the folder, or from a run's folder beside it. A stage's key is the hash of its own settings and of the keys that it builds on.
/// </summary>
internal sealed class StageCache(string folder)
{
    private const string FileName = "stages.json";

    private sealed record Entry(string Key, double Seconds, string Output);

    private readonly string folder = Path.GetFullPath(folder);
    private readonly Dictionary<string, Entry> done = Read(folder);

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
        if (Lent(stage, other) != entry) return false;
        Add(stage, entry.Seconds);
        return true;
    }

    /// <summary>Whether the stage stands in the folder.</summary>
    public bool Has(Stage stage) => done.TryGetValue(stage.Name, out var entry) && stage.IsServedBy(entry.Key) && File.Exists(stage.Output);

    /// <summary>Records that the stage is about to be made: from here on its files are neither those of before nor whole.</summary>
    public void Begin(Stage stage)
    {
        if (done.Remove(stage.Name)) Save();
    }

    /// <summary>Records that the stage is done.</summary>
    public void Add(Stage stage, double seconds)
    {
        done[stage.Name] = new(stage.Key, seconds, Path.GetRelativePath(folder, stage.Output));
        Save();
    }

    private void Save() => AtomicFile.WriteText(Path.Combine(folder, FileName), JsonSerializer.Serialize(done, JsonPolicy.Options) + "\n");

    private static string Folder(Stage stage) => Path.GetDirectoryName(Path.GetFullPath(stage.Output))!;

    private static Entry? Lent(Stage stage, string other) =>
        Read(other).Values.FirstOrDefault(entry => stage.IsServedBy(entry.Key) && File.Exists(Path.Combine(other, entry.Output)));

    private static void CopyFolder(string from, string to)
    {
        if (Directory.Exists(to)) Directory.Delete(to, recursive: true);
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private static Dictionary<string, Entry> Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return [];
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, Entry>>(File.ReadAllText(path), JsonPolicy.Options) ?? [];
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // the second: a text that is no UTF-8
            return [];
        }
    }
}
