using Veer.Evaluation;
using Veer.Metrics;

namespace Veer.Studies.Reporting.Html;

/// <summary>The tables of an evaluation: every number with half the width of its interval, beside the floor; differences; classes.</summary>
/// <param name="result">What was found.</param>
internal sealed class EvaluationTables(EvaluationResult result)
{
    private readonly Dictionary<string, MetricScale> units = result.Metrics.ToDictionary(
        metric => metric.Name, metric => MetricScale.For(MetricInfo.Of(metric.Name), Everything(result).SelectMany(set => set.Numbers).Where(number => number.Metric == metric.Name).Select(number => number.Estimate.Value)));

    /// <summary>What the numbers say, set by set.</summary>
    public string Findings() => Markup.Join(result.Sets, set => $"""
        <p><b>{Markup.Encode(set.Name)}</b>, {Text.Count(set.Count)} samples: {Markup.Encode(string.Join("; ", set.Findings.Count == 0 ? result.Words(set).Append("no floor to judge by") : result.Words(set)))}.</p>

        """);

    /// <summary>All classes together: a row for each metric, a column for the floor and each set, and each set's difference from the first.</summary>
    public string Whole()
    {
        var later = result.Sets.Skip(1).ToList();
        string headers = (result.Floor is null ? "" : """<th scope="col">real (floor)</th>""") + Markup.Join(result.Sets, set => Header(set.Name)) + Markup.Join(later, set => Header($"{set.Name} − {result.Sets[0].Name}"));
        return Table("All classes, ± half the width of the 95 % interval", headers, Markup.Join(result.Metrics, metric => Row(Title(metric),
            (result.Floor is null ? "" : Cell(metric, result.Floor.Find(metric.Name)))
            + Markup.Join(result.Sets, set => Cell(metric, set.Find(metric.Name)))
            + Markup.Join(later, set => DifferenceCell(metric, result.FindDifference(set.Name, metric.Name))))));
    }

    /// <summary>The worst class of every metric, and all classes of each set; empty where there are none.</summary>
    public string Classes()
    {
        if (result.Classes.Count == 0) return "";
        var directed = result.Metrics.Where(metric => result.Sets.Any(set => set.Worst(metric) is not null)).ToList();
        string worst = Table("The worst class", Markup.Join(result.Sets, set => Header(set.Name)), Markup.Join(directed, metric => Row(Title(metric), Markup.Join(result.Sets, set => set.Worst(metric) is { } found
            ? $"<td>class {Markup.Encode(result.ClassName(found.Class))}: {Number(metric, found.Estimate)}</td>" : "<td></td>"))));
        string each = Markup.Join(result.Sets, set => Table($"{set.Name}, class by class", Markup.Join(result.Metrics, metric => Header(Title(metric))), Markup.Join(result.Classes, label => Row($"class {result.ClassName(label)}",
            Markup.Join(result.Metrics, metric => Cell(metric, set.Find(metric.Name, label)))))));
        return worst + Markup.Details($"Every number of the {result.Classes.Count} classes", each);
    }

    /// <summary>What makes numbers say less than they seem to, what they rest on, and what each metric means.</summary>
    public string Notes() => $"""
        <ul>{Markup.Join(result.Notes, note => $"<li>{Markup.Encode(note)}</li>\n")}</ul>
        <p class="fingerprint">Measured with {Markup.Encode(string.Join("; ", result.Fingerprint.Select(part => $"{part.Key} {part.Value}")))}. Intervals are of random subsets without replacement, brought to the size of the whole sets; differences are taken subset by subset. Better is what is nearer to the floor: past it samples are nearer to the data than data is.</p>
        {Markup.Details("What the metrics mean", $"<dl class=\"meanings\">{Markup.Join(result.Metrics, metric => $"<dt>{Markup.Encode(metric.Title)} <code>{Markup.Encode(metric.Name)}</code></dt><dd>{Markup.Encode(metric.Meaning)} {Markup.Encode(metric.Source)}</dd>\n")}</dl>")}
        """;

    private static IEnumerable<EvaluatedSet> Everything(EvaluationResult result) => result.Floor is null ? result.Sets : result.Sets.Append(result.Floor);

    private string Title(Metric metric) => MetricInfo.Of(metric.Name).TitleIn(units[metric.Name]);

    private string Number(Metric metric, Estimate estimate) =>
        $"{units[metric.Name].Show(estimate.Value)}{(double.IsFinite(estimate.Error) ? $" <small>± {units[metric.Name].Show(estimate.High - estimate.Value, 2)}</small>" : "")}";

    private string Cell(Metric metric, Estimate? estimate) => estimate is not { } found ? "<td></td>"
        : $"<td title=\"{found.Value.ToString("R", Text.Invariant)}\">{Number(metric, found)}</td>";

    private string DifferenceCell(Metric metric, EvaluatedDifference? difference)
    {
        if (difference is null) return "<td></td>";
        var verdict = result.Judge(difference);
        return $"<td{(verdict == Verdict.Better ? " class=\"best\"" : "")}>{Number(metric, difference.Difference)}{(verdict is { } word ? $" <small>{$"{word}".ToLowerInvariant()}</small>" : "")}</td>";
    }

    private static string Header(string text) => $"""<th scope="col" class="metric">{Markup.Encode(text)}</th>""";

    private static string Row(string name, string cells) => $"""<tr><th scope="row">{Markup.Encode(name)}</th>{cells}</tr>""" + "\n";

    private static string Table(string caption, string headers, string rows) => $"""
        <div class="scroll"><table class="summary">
        <caption>{Markup.Encode(caption)}</caption>
        <thead><tr><th scope="col"></th>{headers}</tr></thead>
        <tbody>
        {rows}</tbody>
        </table></div>

        """;
}
