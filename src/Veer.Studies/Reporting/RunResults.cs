using System.Globalization;
using System.Text.Json;

namespace Veer.Studies.Reporting;

/// <summary>results.json, read and checked.</summary>
/// <param name="Study">The study's name.</param>
/// <param name="Preset">The preset's name, if any.</param>
/// <param name="Seed">The seed, as written.</param>
/// <param name="Versions">Component and version.</param>
/// <param name="Fingerprint">How images were measured, part by part; empty in studies of vectors.</param>
/// <param name="Seconds">How long the run took, in seconds; NaN when the file does not say.</param>
/// <param name="Rows">Every number.</param>
/// <param name="Json">The file's text.</param>
internal sealed record RunResults(
    string Study, string? Preset, string Seed, IReadOnlyList<(string Name, string Version)> Versions,
    IReadOnlyList<(string Name, string Value)> Fingerprint, double Seconds, IReadOnlyList<ResultRow> Rows, string Json)
{
    public static RunResults Read(string path)
    {
        string json = File.ReadAllText(path);
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json);
        }
        catch (JsonException fault)
        {
            throw new InputException(path, $"line {fault.LineNumber + 1}", "broken JSON", "a results document");
        }
        using (document)
        {
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) throw new InputException(path, "document", Kind(root), "an object");
            if (!root.TryGetProperty("rows", out var rows)) throw new InputException(path, "rows", "nothing", "a list");
            if (rows.ValueKind != JsonValueKind.Array) throw new InputException(path, "rows", Kind(rows), "a list");
            return new RunResults(
                TextOf(root, "study", path, ""), OptionalText(root, "preset"), OptionalText(root, "seed") ?? "unknown", ReadVersions(root), ReadFingerprint(root, path),
                root.TryGetProperty("seconds", out _) ? NumberOf(root, "seconds", path, "") : double.NaN,
                [.. rows.EnumerateArray().Select((row, index) => ReadRow(row, path, $"rows[{index}]"))], json);
        }
    }

    private static ResultRow ReadRow(JsonElement row, string path, string at)
    {
        if (row.ValueKind != JsonValueKind.Object) throw new InputException(path, at, Kind(row), "an object");
        at += ".";
        return new ResultRow(
            TextOf(row, "guidance", path, at), NumberOf(row, "scale", path, at), TextOf(row, "class", path, at),
            TextOf(row, "stage", path, at), TextOf(row, "metric", path, at), NumberOf(row, "value", path, at));
    }

    private static IReadOnlyList<(string Name, string Version)> ReadVersions(JsonElement root)
    {
        if (!root.TryGetProperty("versions", out var versions)) return [];
        return versions.ValueKind == JsonValueKind.Object
            ? [.. versions.EnumerateObject().Select(entry => (entry.Name, entry.Value.ToString()))]
            : [("veer", versions.ToString())];
    }

    private static IReadOnlyList<(string Name, string Value)> ReadFingerprint(JsonElement root, string path)
    {
        if (!root.TryGetProperty("fingerprint", out var fingerprint) || fingerprint.ValueKind == JsonValueKind.Null) return [];
        return fingerprint.ValueKind == JsonValueKind.Object
            ? [.. fingerprint.EnumerateObject().Select(entry => (entry.Name, TextOf(fingerprint, entry.Name, path, "fingerprint.")))]
            : throw new InputException(path, "fingerprint", Kind(fingerprint), "an object");
    }

    private static string TextOf(JsonElement parent, string name, string path, string at)
    {
        if (!parent.TryGetProperty(name, out var value)) throw new InputException(path, at + name, "nothing", "a text");
        return value.ValueKind is JsonValueKind.String or JsonValueKind.Number
            ? value.ToString()
            : throw new InputException(path, at + name, Kind(value), "a text");
    }

    private static string? OptionalText(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String or JsonValueKind.Number ? value.ToString() : null;

    // JSON has no NaN: writers leave null or the name in quotation marks.
    private static double NumberOf(JsonElement parent, string name, string path, string at)
    {
        if (!parent.TryGetProperty(name, out var value)) throw new InputException(path, at + name, "nothing", "a number");
        return value.ValueKind switch
        {
            JsonValueKind.Number => value.GetDouble(),
            JsonValueKind.Null => double.NaN,
            JsonValueKind.String when double.TryParse(value.GetString(), NumberStyles.Float, Text.Invariant, out double number) => number,
            _ => throw new InputException(path, at + name, Kind(value), "a number"),
        };
    }

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => $"\"{value.GetString()}\"",
        _ => value.GetRawText(),
    };
}
