namespace Veer.Studies.Reporting.Html;

/// <summary>A number in a table: rounded, its digits as title; the best of its like marked, and said so where it lies past the floor.</summary>
/// <param name="Metric">What it is of.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Floor">What a second real sample reaches, if known; null too for what is not compared, as the floor itself or what a paper says.</param>
/// <param name="Best">The values that are marked; null for none.</param>
internal sealed record NumberCell(MetricInfo Metric, MetricScale Unit, double? Floor = null, IReadOnlySet<double>? Best = null)
{
    /// <summary>A cell of values that are compared with each other.</summary>
    public static NumberCell Among(IEnumerable<double?> values, MetricInfo metric, MetricScale unit, double? floor) => new(metric, unit, floor, metric.Best(values, floor));

    /// <param name="value">The number; null for an empty cell.</param>
    /// <param name="note">What stands small behind it.</param>
    public string Write(double? value, string note = "")
    {
        if (value is not { } number) return "<td></td>";
        string[] notes = [.. ((string[])[note, Metric.PastFloor(number, Floor)]).Where(text => text.Length > 0)];
        return $"<td{(Best?.Contains(number) == true ? " class=\"best\"" : "")} title=\"{number.ToString("R", Text.Invariant)}\">{Unit.Show(number)}"
            + $"{Markup.Join(notes, text => $" <small>{Markup.Encode(text)}</small>")}</td>";
    }
}
