using Veer.Formats;
using Veer.Studies.Pipeline;
using Veer.Studies.Settings;

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
    /// <summary>Figures are files named after their guidance, and axes overflow beyond such scales.</summary>
    private const int LongestName = 100, LargestScale = 1_000_000;

    /// <exception cref="InputException">The file is no results document.</exception>
    public static RunResults Read(string path) => JsonInput.Read(path, "a results document", (root, json) => new RunResults(
        root["study"].Text(), root["preset"].IsMissing ? null : root["preset"].Text(), root["seed"].IsMissing ? "unknown" : root["seed"].Text(), ReadVersions(root["versions"]),
        root["fingerprint"].IsMissing ? [] : [.. root["fingerprint"].Members().Select(entry => (entry.Name, entry.Value.Text()))],
        root["seconds"].IsMissing ? double.NaN : root["seconds"].Number(), [.. root["rows"].Items().Select(Row)], json));

    private static ResultRow Row(JsonInput row)
    {
        string guidance = row["guidance"].Text();
        if (guidance.Length is 0 or > LongestName || guidance.Any(sign => sign is '/' or '\\' || char.IsControl(sign)))
            throw row["guidance"].Fault($"a name of at most {LongestName} signs, without slashes");
        double scale = row["scale"].Number();
        if (!(Math.Abs(scale) <= LargestScale)) throw row["scale"].Fault($"a number of at most {LargestScale}");
        return new ResultRow(guidance, scale, row["class"].Text(), row["stage"].Text(), row["metric"].Text(), row["value"].Number());
    }

    private static IReadOnlyList<(string Name, string Version)> ReadVersions(JsonInput versions) => versions.IsMissing ? []
        : versions.Value.ValueKind == System.Text.Json.JsonValueKind.Object ? [.. versions.Members().Select(entry => (entry.Name, entry.Value.Value.ToString()))]
        : [("veer", versions.Value.ToString())];
}
