using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Veer.Formats;
using Veer.Networks;

namespace Veer.Studies.Pipeline;

/// <summary>
/// Which stages of a run's folder are done, and under which settings: a stage whose settings and inputs have not changed is taken
/// from the folder. A stage's key is the hash of its own settings and of the keys that it builds on.
/// </summary>
internal sealed class StageCache
{
    private sealed record Entry(string Key, double Seconds);

    private readonly string path;
    private readonly Dictionary<string, Entry> done;

    public StageCache(string folder)
    {
        path = Path.Combine(folder, "stages.json");
        done = Read();
    }

    /// <summary>Seconds that all stages took when they were made, whenever that was.</summary>
    public double Seconds => done.Values.Sum(entry => entry.Seconds);

    /// <summary>The key of a stage.</summary>
    public static string Key(object settings, params string[] inputs)
    {
        string text = JsonSerializer.Serialize(settings, ModelFolder.Json) + string.Concat(inputs);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
    }

    /// <summary>Whether the stage stands in the folder under this key.</summary>
    public bool Has(string stage, string key) => done.TryGetValue(stage, out var entry) && entry.Key == key;

    /// <summary>Records that the stage is done.</summary>
    public void Add(string stage, string key, double seconds)
    {
        done[stage] = new(key, seconds);
        AtomicFile.WriteText(path, JsonSerializer.Serialize(done, ModelFolder.Json) + "\n");
    }

    private Dictionary<string, Entry> Read()
    {
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
