namespace Veer.Studies.Reporting;

/// <summary>What the numbers say, in words: the change of the distance to real data that postprocessing makes, better or worse.</summary>
internal sealed class Headline
{
    /// <summary>A change smaller than this is called none.</summary>
    private const double Unchanged = 1.03;

    private const int MostClassesByName = 3, MostGuidancesAtLength = 2;

    private readonly ResultTable table;
    private readonly string guidance;
    private readonly LeadingMetric metric;
    private readonly string? stage;

    /// <exception cref="ArgumentException">The run measured no distance to real data.</exception>
    public Headline(ResultTable table, string guidance)
    {
        (this.table, this.guidance) = (table, guidance);
        metric = LeadingMetric.Of(table) ?? throw new ArgumentException("no distance to real data to speak of", nameof(table));
        // One postprocessor for every scale is what one would use: it speaks first.
        stage = Stages.Foremost(table.StagesOf(guidance));
    }

    /// <summary>One number with a label, for the top of the page.</summary>
    /// <param name="Number">The factor.</param>
    /// <param name="Label">What happened.</param>
    /// <param name="Detail">Where, and from which number to which.</param>
    /// <param name="IsBetter">Whether the change is for the better.</param>
    public sealed record Tile(string Number, string Label, string Detail, bool IsBetter);

    private sealed record Change(double Scale, string Class, double Before, double After)
    {
        public double Ratio => Before / After;
    }

    /// <summary>The paragraph; empty when there is nothing to compare.</summary>
    public string Paragraph()
    {
        var scales = table.ScalesOf(guidance);
        var largest = scales.Count > 0 ? Changes(scales[^1]) : [];
        if (largest.Count == 0) return "";
        var sentences = new List<string> { Sentence(scales[^1], largest, first: true) };
        // Of many guidances the page tells the most telling thing of each.
        if (table.Guidances.Count > MostGuidancesAtLength) return sentences[0];
        if (scales.Count > 1 && Changes(scales[0]) is { Count: > 0 } smallest) sentences.Add(Sentence(scales[0], smallest, first: false));
        if (FloorSentence(largest) is { } floor) sentences.Add(floor);
        sentences.AddRange(HeadlineShares.Sentences(table, guidance, scales[^1], stage!));
        return string.Join(" ", sentences);
    }

    /// <summary>The largest scale's change, class by class, or scale by scale where classes are many.</summary>
    public IReadOnlyList<Tile> Tiles()
    {
        var scales = table.ScalesOf(guidance);
        if (scales.Count == 0) return [];
        var changes = NamedClasses().Length > 1 ? Changes(scales[^1]) : [.. scales.TakeLast(MostClassesByName).SelectMany(Changes)];
        var unit = Unit();
        return [.. changes.Select(change => new Tile(
            Factor(change) ?? "±0",
            change.Ratio >= Unchanged ? metric.Closer : change.Ratio <= 1 / Unchanged ? metric.Farther : "no change",
            $"{Text.Capitalize(Text.Class(change.Class))}, w = {Text.Scale(change.Scale)}: {unit.Show(change.Before)} → {unit.ShowWithUnit(change.After)}",
            change.Ratio >= Unchanged))];
    }

    private string Sentence(double scale, IReadOnlyList<Change> changes, bool first)
    {
        string subject = first ? $"postprocessing ({stage}) " : "it ";
        string distance = first ? metric.Words : "that distance";
        // "cuts the distance 4.8× (class 0) and 5.1× (class 1)": one verb for all classes that went the same way.
        var parts = changes.GroupBy(Verb).Select((group, index) =>
            $"{group.Key} {(index == 0 ? distance : "it")} {Text.Enumerate([.. group.Select(Describe)])}");
        return $"At scale {Text.Scale(scale)} {subject}{Text.Enumerate([.. parts])}.";
    }

    private static string Verb(Change change) => change.Ratio >= Unchanged ? "cuts" : change.Ratio <= 1 / Unchanged ? "raises" : "hardly changes";

    private string Describe(Change change)
    {
        var unit = Unit();
        string numbers = $"{Text.Class(change.Class)}: {unit.Show(change.Before)} → {unit.ShowWithUnit(change.After)}";
        return Factor(change) is { } factor ? $"{factor} ({numbers})" : $"({numbers})";
    }

    private static string? Factor(Change change)
    {
        double factor = Math.Max(change.Ratio, 1 / change.Ratio);
        return factor < Unchanged ? null : $"{Text.Significant(factor, factor < 1.1 ? 3 : 2)}×";
    }

    private string? FloorSentence(IReadOnlyList<Change> changes)
    {
        var unit = Unit();
        string[] floors = [.. changes.Select(change => (change.Class, Floor: table.Floor(change.Class, metric.Name)))
            .Where(entry => entry.Floor is not null)
            .Select(entry => $"{unit.ShowWithUnit(entry.Floor!.Value)} ({Text.Class(entry.Class)})")];
        return floors.Length == 0 ? null : $"The floor, a second real sample measured the same way, is {Text.Enumerate(floors)}.";
    }

    private IReadOnlyList<Change> Changes(double scale) => stage is null ? [] :
        [.. NamedClasses()
            .Select(name => (
                name, Before: table.Find(guidance, scale, name, Stages.Before, metric.Name), After: table.Find(guidance, scale, name, stage, metric.Name)))
            .Where(entry => entry.Before is > 0 && entry.After is > 0)
            .Select(entry => new Change(scale, entry.name, entry.Before!.Value, entry.After!.Value))];

    private string[] NamedClasses()
    {
        // Fréchet's distance asks for more samples than one class has: it is one number for all.
        if (metric.Name == MetricInfo.Frechet) return ["all"];
        string[] numbered = [.. table.Classes.Where(name => name != "all")];
        return numbered.Length is > 0 and <= MostClassesByName ? numbered : ["all"];
    }

    private MetricScale Unit() => table.Scaling[metric.Name];
}
