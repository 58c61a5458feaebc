using Veer.Metrics;

namespace Veer.Studies.Reporting;

/// <summary>A number in a table: rounded, its digits as title; the best of its like marked, and said so where it lies past the floor.</summary>
/// <param name="Metric">What it is of.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Floor">What a second real sample reaches, if known.</param>
/// <param name="Best">The values that are marked.</param>
internal sealed record NumberCell(MetricInfo Metric, MetricScale Unit, double? Floor, IReadOnlySet<double> Best)
{
    /// <summary>A cell of a row that is not compared: the floor itself, or what a paper says.</summary>
    public static NumberCell Plain(MetricInfo metric, MetricScale unit) => new(metric, unit, null, new HashSet<double>());

    /// <param name="value">The number; null for an empty cell.</param>
    /// <param name="note">What stands small behind it.</param>
    public string Write(double? value, string note = "")
    {
        if (value is not { } number) return "<td></td>";
        string[] notes = [.. ((string[])[note, Metric.PastFloor(number, Floor)]).Where(text => text.Length > 0)];
        return $"<td{(Best.Contains(number) ? " class=\"best\"" : "")} title=\"{number.ToString("R", Text.Invariant)}\">{Unit.Show(number)}"
            + $"{Html.Join(notes, text => $" <small>{Html.Encode(text)}</small>")}</td>";
    }
}
