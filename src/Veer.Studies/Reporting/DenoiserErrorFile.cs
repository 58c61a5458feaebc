using System.Text.Json;

namespace Veer.Studies.Reporting;

/// <summary>denoiser-error.json: the learned denoiser beside the closed form, level by level.</summary>
internal static class DenoiserErrorFile
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static IReadOnlyList<DenoiserErrorRow> Read(string path)
    {
        try
        {
            var entries = JsonSerializer.Deserialize<Entry[]>(File.ReadAllText(path), Options) ?? [];
            return [.. entries.Select(entry => new DenoiserErrorRow(entry.Noise / entry.Signal, entry.Label, entry.Error, entry.Oracle))];
        }
        catch (JsonException fault)
        {
            throw new InputException(path, fault.Path ?? "document", "broken JSON", "a list of signal, noise, label, error and oracle");
        }
    }

    private sealed record Entry(double Signal, double Noise, string Label, double Error, double Oracle);
}
