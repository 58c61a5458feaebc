using Veer.Studies.Runs;

namespace Veer.Studies.Reporting.Html;

/// <summary>One number with a label, for the top of the page.</summary>
/// <param name="Number">A factor or a share.</param>
/// <param name="Label">What happened.</param>
/// <param name="Detail">Where, from which number to which, and what a second real sample reaches.</param>
/// <param name="IsBetter">Whether the change is for the better.</param>
internal sealed record Tile(string Number, string Label, string Detail, bool IsBetter)
{
    /// <summary>A change smaller than this is called none.</summary>
    private const double Unchanged = 1.03;

    private const int MostClassesByName = 3;

    /// <summary>What postprocessing makes of the first guidance that has it, at a scale that people use; nothing where there is none.</summary>
    public static IReadOnlyList<Tile> All(ResultTable table, StudyNotes study)
    {
        // what wins in both numbers, or else serves every scale, is what one would use: it speaks for all
        if (LeadingMetric.Of(table) is not { } leading || table.Guidances.FirstOrDefault(name => table.StagesOf(name).Count > 1) is not { } guidance
            || Stages.Foremost(table.StagesOf(guidance)) is not { } stage) return [];
        // Fréchet's distance asks for more samples than one class has: it is one number for all.
        string[] classes = [.. table.Classes.Where(name => name != "all")];
        if (classes.Length is 0 or > MostClassesByName || leading.Name == MetricInfo.Frechet) classes = ["all"];
        var scales = table.ScalesOf(guidance).Where(scale => classes.Any(name => Find(scale, name, leading.Name) is not null)).ToList();
        if (scales.Count == 0) return [];
        double usual = scales.MinBy(Stages.Unusualness);
        string where = $"{guidance}, {stage}{study.AtScale(guidance, usual)}";
        return
        [
            .. classes.Select(name => Find(usual, name, leading.Name) is var (before, after) ? Distance(name, before, after) : null).OfType<Tile>(),
            .. Find(usual, "all", MetricInfo.LabelAgreement) is var (seen, later) ? [Agreement(seen, later)] : Array.Empty<Tile>(),
        ];

        (double Before, double After)? Find(double scale, string name, string metric) =>
            table.Find(guidance, scale, name, Stages.Before, metric) is > 0 and var before && table.Find(guidance, scale, name, stage, metric) is > 0 and var after
                ? (before, after) : null;

        Tile Distance(string name, double before, double after)
        {
            var (metric, unit, floor) = (MetricInfo.Of(leading.Name), table.Scaling[leading.Name], table.Floor(name, leading.Name));
            double ratio = before / after, factor = Math.Max(ratio, 1 / ratio);
            string detail = $"{Text.Capitalize(Text.Class(name))}, {where}: {unit.Show(before)} → {unit.ShowWithUnit(after)}{Floor(metric, after, floor)}";
            return factor < Unchanged ? new("±0", "no change", detail, IsBetter: false)
                : new($"{Text.Significant(factor, factor < 1.1 ? 3 : 2)}×", ratio > 1 ? leading.Lower : leading.Higher, detail, metric.Miss(after, floor) < metric.Miss(before, floor));
        }

        Tile Agreement(double before, double after)
        {
            var (metric, floor) = (MetricInfo.Of(MetricInfo.LabelAgreement), table.Floor("all", MetricInfo.LabelAgreement));
            return new(
                $"{Text.Significant(100 * after)} %", "show the class asked for", $"To the evaluation classifier, {where}: {Text.Significant(100 * before)} % before{Floor(metric, after, floor)}",
                metric.Miss(after, floor) < metric.Miss(before, floor));
        }

        string Floor(MetricInfo metric, double after, double? floor) => floor is not { } real ? ""
            : metric.PastFloor(after, real) is { Length: > 0 } past ? $", {past} of {table.Scaling[metric.Name].Show(real)}" : $"; real against real {table.Scaling[metric.Name].Show(real)}";
    }

    public string ToHtml() => $"""
        <div class="tile{(IsBetter ? "" : " worse")}">
        <strong>{Markup.Encode(Number)}</strong> <span>{Markup.Encode(Label)}</span> <small>{Markup.Encode(Detail)}</small>
        </div>
        """;
}
