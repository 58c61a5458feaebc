namespace Veer.Studies.Reporting;

/// <summary>A table of one metric with a column per guidance scale: rows are whatever is compared.</summary>
internal static class MatrixTableHtml
{
    /// <summary>One row.</summary>
    /// <param name="Name">Its heading.</param>
    /// <param name="Values">A value per scale; null where none was measured.</param>
    /// <param name="Notes">What stands small behind each value; empty for nothing.</param>
    public sealed record Row(string Name, IReadOnlyList<double?> Values, IReadOnlyList<string>? Notes = null);

    /// <param name="caption">What the table is about, after the metric's name.</param>
    /// <param name="corner">What rows are.</param>
    /// <param name="metric">The metric; its direction says which cell of a column is marked.</param>
    /// <param name="unit">The unit of its cells.</param>
    /// <param name="scales">The columns.</param>
    /// <param name="rows">The rows, in order.</param>
    /// <param name="floor">The value of a second real sample, if known.</param>
    /// <param name="marked">Whether the best cell of a column is marked.</param>
    public static string Write(
        string caption, string corner, MetricInfo metric, MetricScale unit, IReadOnlyList<double> scales, IReadOnlyList<Row> rows, double? floor,
        bool marked = true)
    {
        string headers = Html.Join(scales, scale => $"""<th scope="col">w = {Text.Scale(scale)}</th>""");
        double?[] best = [.. scales.Index().Select(column => marked ? Best(metric, [.. rows.Select(row => row.Values[column.Index])]) : null)];
        string floorRow = floor is { } value
            ? $"""<tr class="floor"><th scope="row">real against real (floor)</th>{Html.Join(scales, _ => Cell(value, unit, "", ""))}</tr>""" + "\n"
            : "";
        return $"""
            <div class="scroll"><table class="summary matrix">
            <caption>{Html.Encode(ResultTablesHtml.Title(metric, unit))}, {Html.Encode(caption)}</caption>
            <thead><tr><th scope="col">{Html.Encode(corner)}</th>{headers}</tr></thead>
            <tbody>
            {floorRow}{Html.Join(rows, Line)}</tbody>
            </table></div>

            """;

        string Line(Row row)
        {
            string cells = Html.Join(row.Values.Index(), entry =>
                Cell(entry.Item, unit, entry.Item is { } number && number == best[entry.Index] ? "best" : "", row.Notes?[entry.Index] ?? ""));
            return $"""<tr><th scope="row">{Html.Encode(row.Name)}</th>{cells}</tr>""" + "\n";
        }
    }

    private static double? Best(MetricInfo metric, double?[] values)
    {
        var found = values.OfType<double>().Where(double.IsFinite).ToList();
        return metric.Direction == 0 || found.Count < 2 ? null : metric.Direction < 0 ? found.Min() : found.Max();
    }

    private static string Cell(double? value, MetricScale unit, string style, string note)
    {
        if (value is not { } number) return "<td></td>";
        string attribute = style.Length == 0 ? "" : $" class=\"{style}\"", small = note.Length == 0 ? "" : $" <small>{Html.Encode(note)}</small>";
        return $"<td{attribute} title=\"{number.ToString("R", Text.Invariant)}\">{unit.Show(number)}{small}</td>";
    }
}
