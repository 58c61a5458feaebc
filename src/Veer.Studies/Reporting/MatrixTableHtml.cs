namespace Veer.Studies.Reporting;

/// <summary>A table of one metric with a column per guidance scale: rows are whatever is compared.</summary>
internal static class MatrixTableHtml
{
    /// <summary>One row.</summary>
    /// <param name="Name">Its heading.</param>
    /// <param name="Values">A value per scale; null where none was measured.</param>
    /// <param name="Group">Rows are compared with those of the same group: one w is not the same strength in every guidance. Null for none.</param>
    /// <param name="Notes">What stands small behind each value; empty for nothing.</param>
    public sealed record Row(string Name, IReadOnlyList<double?> Values, string? Group = null, IReadOnlyList<string>? Notes = null);

    /// <param name="caption">What the table is about, after the metric's name.</param>
    /// <param name="corner">What rows are.</param>
    /// <param name="metric">The metric; its direction says which cells are marked.</param>
    /// <param name="unit">The unit of its cells.</param>
    /// <param name="scales">The columns.</param>
    /// <param name="rows">The rows, in order.</param>
    /// <param name="floor">The value of a second real sample, if known.</param>
    public static string Write(
        string caption, string corner, MetricInfo metric, MetricScale unit, IReadOnlyList<double> scales, IReadOnlyList<Row> rows, double? floor)
    {
        string headers = Html.Join(scales, scale => $"""<th scope="col">w = {Text.Scale(scale)}</th>""");
        string floorRow = floor is { } value
            ? $"""<tr class="floor"><th scope="row">real against real (floor)</th>{Html.Join(scales, _ => NumberCell.Plain(metric, unit).Write(value))}</tr>""" + "\n"
            : "";
        return $"""
            <div class="scroll"><table class="summary">
            <caption>{Html.Encode(metric.TitleIn(unit))}, {Html.Encode(caption)}</caption>
            <thead><tr><th scope="col">{Html.Encode(corner)}</th>{headers}</tr></thead>
            <tbody>
            {floorRow}{Html.Join(rows, Line)}</tbody>
            </table></div>

            """;

        string Line(Row row) => $"""<tr><th scope="row">{Html.Encode(row.Name)}</th>{Html.Join(row.Values.Index(), entry => Cell(row, entry.Index).Write(entry.Item, row.Notes?[entry.Index] ?? ""))}</tr>""" + "\n";

        NumberCell Cell(Row row, int column) => row.Group is null ? NumberCell.Plain(metric, unit)
            : new(metric, unit, floor, metric.Best(rows.Where(other => other.Group == row.Group).Select(other => other.Values[column]), floor));
    }
}
