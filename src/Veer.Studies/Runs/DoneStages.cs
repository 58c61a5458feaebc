using System.Text.Json;
using Veer.Formats;

namespace Veer.Studies.Runs;

/// <summary>A stage that is done.</summary>
/// <param name="Key">The hash of its settings and of what it builds on.</param>
/// <param name="Seconds">What it took.</param>
/// <param name="Output">The file that it left last, seen from the run's folder.</param>
/// <param name="Bytes">The length of that file, by which one that was torn since is known; null in runs of earlier versions.</param>
internal sealed record DoneStage(string Key, double Seconds, string Output, long? Bytes = null)
{
    /// <summary>Whether its output is there, and whole.</summary>
    /// <param name="folder">The run's folder.</param>
    public bool IsWhole(string folder) => Path.Combine(folder, Output) is var path && File.Exists(path) && (Bytes is null || new FileInfo(path).Length == Bytes);
}

/// <summary>stages.json: the stages of a run's folder that are done, by name.</summary>
internal static class DoneStages
{
    /// <summary>What the file says; nothing where there is none, or a broken one.</summary>
    public static Dictionary<string, DoneStage> Read(string folder)
    {
        string path = new RunPaths(folder).Done;
        if (!File.Exists(path)) return [];
        try
        {
            var done = JsonSerializer.Deserialize<Dictionary<string, DoneStage?>>(File.ReadAllText(path), JsonPolicy.Options) ?? [];
            // an entry without its key or its output tells of nothing that is done
            return done.Where(stage => stage.Value is { Key: not null, Output: not null }).ToDictionary(stage => stage.Key, stage => stage.Value!);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // the second: a text that is no UTF-8
            return [];
        }
    }

    public static void Write(string folder, IReadOnlyDictionary<string, DoneStage> done) =>
        AtomicFile.WriteText(new RunPaths(folder).Done, JsonSerializer.Serialize(done, JsonPolicy.Options) + "\n");
}
