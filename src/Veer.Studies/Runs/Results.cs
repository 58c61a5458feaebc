using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Veer.Formats;

namespace Veer.Studies.Runs;

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
/// <param name="Rows">The numbers.</param>
/// <param name="Fingerprint">What image metrics rest on: two numbers compare only if theirs are equal.</param>
public sealed record Results(
    string Study, string Preset, long Seed, IReadOnlyDictionary<string, string> Versions, double Seconds,
    [property: JsonPropertyOrder(1)] IReadOnlyList<ResultRow> Rows,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string>? Fingerprint = null)
{
    /// <summary>Figures are files named after their guidance, and axes overflow beyond such scales.</summary>
    private const int LongestName = 100, LargestScale = 1_000_000;

    private const int MostBytes = 1 << 29;

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = false,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.Strict,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Writes the file, a row a line.</summary>
    public void Save(string path)
    {
        var rows = Rows.Select(row => "  " + JsonSerializer.Serialize(row with { Value = row.Value is double v && double.IsFinite(v) ? v : null }, Options));
        string head = JsonSerializer.Serialize(this with { Rows = [] }, Options);
        AtomicFile.WriteText(path, head[..^2] + "\n" + string.Join(",\n", rows) + "\n]}\n");
    }

    /// <summary>Reads the file.</summary>
    /// <exception cref="InputException">It is missing or no such file, or a guidance's name or scale is none that figures could bear.</exception>
    public static Results Read(string path, CancellationToken cancellation = default)
    {
        var results = JsonInput.Deserialize<Results>(path, "a run's results", Options, MostBytes, cancellation);
        foreach (var (place, row) in ((IReadOnlyList<ResultRow?>)results.Rows).Index())
        {
            if (row is null) throw Fault("", "null", "an object");
            if (row.Guidance.Length is 0 or > LongestName || row.Guidance.Any(sign => sign is '/' or '\\' || char.IsControl(sign)))
                throw Fault(".guidance", JsonSerializer.Serialize(row.Guidance, Options), $"a name of at most {LongestName} signs, without slashes");
            if (!(Math.Abs(row.Scale) <= LargestScale))
                throw Fault(".scale", row.Scale.ToString(CultureInfo.InvariantCulture), $"a number of at most {LargestScale}");

            InputException Fault(string field, string found, string expected) => new(path, FormattableString.Invariant($"rows[{place}]{field}"), found, expected);
        }
        return results;
    }
}
