using System.Text.Json;
using System.Text.Json.Serialization;
using Veer.Formats;

namespace Veer.Studies.Pipeline;

/// <summary>One number.</summary>
/// <param name="Guidance">"none" for real points, else the guidance's name.</param>
/// <param name="Scale">Guidance scale w; 0 for real points.</param>
/// <param name="Class">"all" or a class number.</param>
/// <param name="Stage">"real", "before", "individual", "one-for-all".</param>
/// <param name="Metric">The metric's name.</param>
/// <param name="Value">Its value; null where it is not finite.</param>
public sealed record ResultRow(string Guidance, double Scale, string Class, string Stage, string Metric, double? Value);

/// <summary>A run's numbers: <c>results.json</c>.</summary>
public sealed record Results(
    string Study, string Preset, long Seed, IReadOnlyDictionary<string, string> Versions, double Seconds, IReadOnlyList<ResultRow> Rows)
{
    private static readonly JsonSerializerOptions _json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = false,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.Strict,
    };

    /// <summary>Writes the file, a row a line.</summary>
    public void Save(string path)
    {
        var rows = Rows.Select(row => "  " + JsonSerializer.Serialize(row with { Value = row.Value is double v && double.IsFinite(v) ? v : null }, _json));
        string head = JsonSerializer.Serialize(this with { Rows = [] }, _json);
        AtomicFile.WriteText(path, head[..^2] + "\n" + string.Join(",\n", rows) + "\n]}\n");
    }
}
