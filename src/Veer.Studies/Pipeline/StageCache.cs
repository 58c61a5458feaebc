using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Veer.Formats;
using Veer.Networks;

namespace Veer.Studies.Pipeline;

/// <summary>
/// Which stages of a run's folder are done, and under which settings: a stage whose settings and inputs have not changed is taken
/// from the folder, or from a run's folder beside it. A stage's key is the hash of its own settings and of the keys that it builds on.
/// </summary>
internal sealed class StageCache
{
    private const string FileName = "stages.json";

    private sealed record Entry(string Key, double Seconds, string Output);

    private readonly string folder;
    private readonly Dictionary<string, Entry> done;

    public StageCache(string folder)
    {
        this.folder = folder;
        done = Read(folder);
    }

    /// <summary>Seconds that all stages took when they were made, whenever that was.</summary>
    public double Seconds => done.Values.Sum(entry => entry.Seconds);

    /// <summary>The key of a stage.</summary>
    public static string Key(object settings, params string[] inputs)
    {
        string text = JsonSerializer.Serialize(settings, ModelFolder.Json) + string.Concat(inputs);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
    }

    /// <summary>Whether the stage stands in the folder.</summary>
    public bool Has(Stage stage) => done.TryGetValue(stage.Name, out var entry) && stage.IsServedBy(entry.Key) && File.Exists(stage.Output);

    /// <summary>Records that the stage is done.</summary>
    public void Add(Stage stage, double seconds)
    {
        done[stage.Name] = new(stage.Key, seconds, Path.GetRelativePath(folder, stage.Output));
        AtomicFile.WriteText(Path.Combine(folder, FileName), JsonSerializer.Serialize(done, ModelFolder.Json) + "\n");
    }

    /// <summary>
    /// Takes over the folder of the stage's output from a run beside this one: studies that share a model train it once. What lies in the
    /// run's own folder is a result, and made anew.
    /// </summary>
    /// <returns>The other run's folder; null where there is none.</returns>
    public string? Borrow(Stage stage)
    {
        string here = Path.GetFullPath(folder), into = Path.GetDirectoryName(Path.GetFullPath(stage.Output))!;
        if (into == here) return null;
        var beside = Directory.GetDirectories(Path.GetDirectoryName(here)!, "*", new EnumerationOptions());
        foreach (string other in beside.Order(StringComparer.Ordinal))
        {
            if (other == here || Read(other).Values.FirstOrDefault(entry => stage.IsServedBy(entry.Key)) is not { } entry) continue;
            string output = Path.Combine(other, entry.Output);
            if (!File.Exists(output)) continue;
            CopyFolder(Path.GetDirectoryName(output)!, into);
            Add(stage, entry.Seconds);
            return other;
        }
        return null;
    }

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
            return JsonSerializer.Deserialize<Dictionary<string, Entry>>(File.ReadAllText(path), ModelFolder.Json) ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
