using Veer.Matching;
using Veer.Studies.Runs;

namespace Veer.Studies.Reporting.Html;

/// <summary>The vectors that a repair brought nearest to real ones, and those that it carried farthest away, each with its nearest real neighbour: a table for both.</summary>
internal static class VectorChanges
{
    private const int MostSamples = 2000, MostRows = 5, MostCoordinates = 4;

    private sealed record Change(int Row, double Before, double After, int Neighbor);

    /// <summary>The tables of a set of samples; empty where nothing was repaired.</summary>
    public static string Write(SampleSet set, RealSet real, StudyNotes study)
    {
        if (!set.StageNames.Contains(Stages.Before) || Stages.Foremost(set.StageNames) is not { } stage) return "";
        var (before, _) = Nearest(set, Stages.Before, real);
        var (after, nearest) = Nearest(set, stage, real);
        var changes = Enumerable.Range(0, before.Length).Select(row => new Change(row, before[row], after[row], nearest[row])).OrderBy(change => change.After - change.Before).ToList();
        int count = Math.Min(MostRows, changes.Count / 2);
        string where = $"{Text.Capitalize(set.Guidance)}{study.AtScale(set.Guidance, set.Scale)}";
        return Table($"{where}: nearer to real points than before", changes.Take(count)) + Table($"{where}: farther than before", changes.AsEnumerable().Reverse().Take(count));

        string Table(string caption, IEnumerable<Change> rows) => $"""
            <div class="scroll"><table class="summary">
            <caption>{Markup.Encode(caption)}</caption>
            <thead><tr><th scope="col">Sample</th><th scope="col">Class</th><th scope="col">before</th><th scope="col">{Markup.Encode(stage)}</th><th scope="col">nearest held-out point</th><th scope="col">distance before</th><th scope="col">after</th></tr></thead>
            <tbody>
            {Markup.Join(rows, row => $"""<tr><th scope="row">{row.Row}</th><td>{set.Labels[row.Row]}</td><td class="point">{Point(set.At(Stages.Before).Row(row.Row))}</td><td class="point">{Point(set.At(stage).Row(row.Row))}</td><td class="point">{Point(real.Points.Row(row.Neighbor))}</td><td>{Text.Significant(row.Before)}</td><td>{Text.Significant(row.After)}</td></tr>""" + "\n")}</tbody>
            </table></div>

            """;
    }

    /// <summary>Of each of the first samples: its distance to the nearest held-out point of its class, and that point's row.</summary>
    private static (float[] Distances, int[] Rows) Nearest(SampleSet set, string stage, RealSet real)
    {
        using var scope = NewDisposeScope();
        int count = Math.Min(MostSamples, set.Labels.Length), classes = real.Labels.Max() + 1;
        var lists = Neighbors.SearchByClass(Matrix(set.At(stage)).narrow(0, 0, count), Labels(set.Labels[..count]), Matrix(real.Points), Labels(real.Labels), classes, 1);
        return (lists.Distances.flatten().data<float>().ToArray(), [.. lists.Indices.flatten().data<long>().Select(row => (int)row)]);

        static Tensor Matrix(NumericArray points) => tensor(points.Values).reshape(points.Rows, points.Width);
        static Tensor Labels(int[] labels) => tensor(Array.ConvertAll(labels, label => (long)label));
    }

    private static string Point(ReadOnlySpan<float> point)
    {
        string[] first = [.. point[..Math.Min(MostCoordinates, point.Length)].ToArray().Select(value => Text.Significant(value))];
        return $"({string.Join(", ", first)}{(point.Length > MostCoordinates ? $", … {point.Length - MostCoordinates} more" : "")})";
    }
}
