using System.Globalization;
using System.Text.Json.Nodes;
using Veer.Metrics;
using Veer.Studies.Pipeline;

namespace Veer.Studies.Reporting;

/// <summary>A table of the paper, as study.yaml quotes it.</summary>
/// <param name="Title">What it is, and how it was measured.</param>
/// <param name="Metric">The metric of ours that stands beside it.</param>
/// <param name="Scales">Its guidance scales.</param>
/// <param name="Rows">Its rows by the stage that is the same, a number for each scale.</param>
internal sealed record PublishedTable(string Title, string Metric, IReadOnlyList<double> Scales, IReadOnlyList<(string Stage, IReadOnlyList<double> Values)> Rows)
{
    private const string Key = "published";

    /// <exception cref="InputException">It is no such table.</exception>
    public static PublishedTable Read(JsonNode node, string path)
    {
        var scales = Numbers("scales", Child("scales"));
        if (Child("rows") is not JsonObject rows) throw Fault("rows", "no mapping", "a mapping of stages to numbers");
        return new(Text("title"), Text("metric"), scales, [.. rows.Select(row => (row.Key, Values(row.Key, row.Value)))]);

        IReadOnlyList<double> Values(string stage, JsonNode? row)
        {
            var values = Numbers($"rows.{stage}", row);
            return values.Count == scales.Count ? values : throw Fault($"rows.{stage}", $"{values.Count} numbers", $"{scales.Count}, one for each scale");
        }

        string Text(string key) => Child(key) is JsonValue value ? value.ToString() : throw Fault(key, "nothing", "a text");

        IReadOnlyList<double> Numbers(string key, JsonNode? list) => list is JsonArray entries
            ? [.. entries.Select(entry => entry is JsonValue && double.TryParse(entry.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
                ? number : throw Fault(key, $"'{entry}'", "a number"))]
            : throw Fault(key, "no list", "a list of numbers");

        JsonNode? Child(string key) => (node as JsonObject)?[key];

        InputException Fault(string key, string found, string expected) => new(path, $"{Key}.{key}", found, expected);
    }

    /// <summary>The paper's rows, each above this run's own; empty where the run did not measure that metric.</summary>
    public string ToHtml(ResultTable table)
    {
        if (!table.Has(Metric)) return "";
        return Html.Join(table.Guidances.Where(guidance => Rows.Any(row => table.StagesOf(guidance).Contains(row.Stage))), guidance =>
            MatrixTableHtml.Write(
                $"{guidance}: {Title}, and this run. How far each repair moves the number can be compared, the numbers themselves only where both were measured alike",
                "Row", MetricInfo.Of(Metric), table.Scaling[Metric], Scales, [.. Rows.SelectMany(row => Both(guidance, row))], floor: null));

        IEnumerable<MatrixTableHtml.Row> Both(string guidance, (string Stage, IReadOnlyList<double> Values) row)
        {
            yield return new($"paper, {row.Stage}", [.. row.Values.Select(value => (double?)value)]);
            if (table.StagesOf(guidance).Contains(row.Stage))
                yield return new($"this run, {row.Stage}", [.. Scales.Select(scale => table.Find(guidance, scale, "all", row.Stage, Metric))]);
        }
    }
}
