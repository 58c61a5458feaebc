using System.Text.Json;
using System.Text.Json.Serialization;
using Veer.Formats;

namespace Veer.Studies.Runs;

/// <summary>A stage that is done.</summary>
/// <param name="Key">The hash of its settings and of what it builds on.</param>
/// <param name="Seconds">What it took.</param>
/// <param name="Output">The file that it left last, seen from the run's folder.</param>
/// <param name="Files">What it left, seen from there, and the checksum of each, by which one that was changed or torn since is known; null in runs of earlier versions.</param>
internal sealed record DoneStage(string Key, double Seconds, string Output, IReadOnlyDictionary<string, string>? Files)
{
    /// <summary>Whether all that it left is there, and as it was left.</summary>
    /// <param name="folder">The run's folder.</param>
    public bool IsWhole(string folder) =>
        Files?.All(file => Path.Combine(folder, file.Key) is var path && File.Exists(path) && Checksum.Of(path) == file.Value) == true;

    /// <summary>Whether it left the very files of another.</summary>
    public bool LeftWhat(DoneStage other) => Key == other.Key && Files!.Count == other.Files!.Count && Files.All(file => other.Files.GetValueOrDefault(file.Key) == file.Value);
}

/// <summary>stages.json: the stages of a run's folder that are done, by name.</summary>
internal static class DoneStages
{
    // of another version of the program, whose stages have other keys anyhow
    private static readonly JsonSerializerOptions Options = new(JsonPolicy.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip };

    /// <summary>What the file says; nothing where there is none.</summary>
    /// <exception cref="InputException">It is broken: to make all anew, over what is there, is nothing to be done unasked.</exception>
    public static Dictionary<string, DoneStage> Read(string folder)
    {
        string path = new RunPaths(folder).Done;
        if (!File.Exists(path)) return [];
        var done = JsonInput.Deserialize<Dictionary<string, DoneStage?>>(path, "the stages that are done (without the file all are made anew)", Options);
        // an entry without its key or its output tells of nothing that is done
        return done.Where(stage => stage.Value is { Key: not null, Output: not null }).ToDictionary(stage => stage.Key, stage => stage.Value!);
    }

    public static void Write(string folder, IReadOnlyDictionary<string, DoneStage> done) =>
        AtomicFile.WriteText(new RunPaths(folder).Done, JsonSerializer.Serialize(done, JsonPolicy.Options) + "\n");
}
