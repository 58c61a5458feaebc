using System.Text.Json;
using System.Text.Json.Serialization;
using Veer.Features;
using Veer.Formats;
using Veer.Metrics;
using Veer.Studies.Reporting;
using Veer.Studies.Settings;

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
/// <param name="Study">The study's name.</param>
/// <param name="Preset">Its preset.</param>
/// <param name="Seed">The run's seed.</param>
/// <param name="Versions">Of the program and what it stands on.</param>
/// <param name="Seconds">What all stages took.</param>
/// <param name="Fingerprint">What image metrics rest on: two numbers compare only if theirs are equal.</param>
/// <param name="Rows">The numbers.</param>
public sealed record Results(
    string Study, string Preset, long Seed, IReadOnlyDictionary<string, string> Versions, double Seconds,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string>? Fingerprint,
    IReadOnlyList<ResultRow> Rows)
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = false,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.Strict,
    };

    /// <summary>Writes the file, a row a line.</summary>
    public void Save(string path)
    {
        var rows = Rows.Select(row => "  " + JsonSerializer.Serialize(row with { Value = row.Value is double v && double.IsFinite(v) ? v : null }, Options));
        string head = JsonSerializer.Serialize(this with { Rows = [] }, Options);
        AtomicFile.WriteText(path, head[..^2] + "\n" + string.Join(",\n", rows) + "\n]}\n");
    }
}
