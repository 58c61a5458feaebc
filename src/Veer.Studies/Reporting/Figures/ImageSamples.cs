using Veer.Studies.Reporting.Drawing;
using Veer.Studies.Runs;

namespace Veer.Studies.Reporting.Figures;

/// <summary>The samples of one guidance and scale as images, with the real images beside them and what the judge says.</summary>
/// <param name="Real">Held-out real points.</param>
/// <param name="Set">The samples at every stage.</param>
/// <param name="Judged">What the judge says, stage by stage; null where none looked at them.</param>
/// <param name="Decoder">How a row becomes an image.</param>
/// <param name="Study">What their set is called.</param>
internal sealed record ImageSamples(RealSet Real, SampleSet Set, IReadOnlyDictionary<string, JudgedStage>? Judged, ImageDecoder Decoder, StudyNotes Study)
{
    /// <summary>Samples beside each other in a figure.</summary>
    public const int MostColumns = 20;

    public string Scale => Text.Scale(Set.Scale);

    /// <summary>"classifier-free-w3": what file names end in.</summary>
    public string Name => RunPaths.Guided(Set.Guidance, Set.Scale);

    public string Title => $"{Text.Capitalize(Set.Guidance)}{(Study.IsGiven ? "" : " guidance")}{Study.AtScale(Set.Guidance, Set.Scale)}";

    /// <summary>What descriptions say of where the samples are from.</summary>
    public string Where => Study.IsUnscaled(Set.Guidance) ? $"of {Set.Guidance}" : $"at guidance scale {Scale}";

    /// <summary>What the judge says before and after the foremost postprocessor; null where there are no two stages to compare, or no judge.</summary>
    public (JudgedStage Before, JudgedStage After, string Stage)? Compared() =>
        Judged is not null && Set.StageNames.Contains(Stages.Before) && Stages.Foremost(Set.StageNames) is { } stage
            ? (Judged[Stages.Before], Judged[stage], stage) : null;

    public ImageSheet NewSheet(int columns = MostColumns) => new(columns, Math.Clamp(Decoder.Height / (float)Decoder.Width, 0.25f, 4));

    public SheetRow RowOf(string stage, IReadOnlyList<int> rows, Func<int, string>? note = null) => new(
        Text.Capitalize(stage), [.. rows.Select(row => Decoder.Decode(Set.At(stage).Row(row)))], note is null ? null : [.. rows.Select(note)]);

    /// <summary>The real image nearest to each sample at a stage: by the judge's features and of the class asked for, or by the points themselves.</summary>
    public SheetRow NearestTo(string stage, IReadOnlyList<int> rows) => new(
        "Nearest real", [.. rows.Select(row => Decoder.Decode(Real.Points.Row(Judged?[stage].Nearest[row] ?? Nearest(Set.At(stage).Row(row)))))], IsReference: true);

    public IReadOnlyList<string> ClassesOf(IReadOnlyList<int> rows) => [.. rows.Select(row => Set.Labels[row].ToString(Text.Invariant))];

    /// <summary>At most so many of some rows, the first of every class in turn; class by class.</summary>
    public IReadOnlyList<int> FirstOfEachClass(IEnumerable<int> rows, int most = MostColumns) =>
        [.. rows.GroupBy(row => Set.Labels[row]).SelectMany(group => group.Index())
            .OrderBy(entry => entry.Index).ThenBy(entry => Set.Labels[entry.Item]).Take(most)
            .Select(entry => entry.Item).OrderBy(row => Set.Labels[row]).ThenBy(row => row)];

    private int Nearest(ReadOnlySpan<float> query)
    {
        var (nearest, smallest) = (0, float.PositiveInfinity);
        for (int i = 0; i < Real.Points.Rows; i++)
        {
            var point = Real.Points.Row(i);
            float distance = 0;
            for (int d = 0; d < query.Length; d++) distance += (point[d] - query[d]) * (point[d] - query[d]);
            if (distance < smallest) (nearest, smallest) = (i, distance);
        }
        return nearest;
    }
}
