using Veer.Studies.Reporting.Drawing;
using Veer.Studies.Runs;

namespace Veer.Studies.Reporting.Figures;

/// <summary>Sheets of images: samples by stage, and what the judge says that postprocessing changed.</summary>
internal static class ImageFigures
{
    private const int MostPostprocessed = 3;

    /// <param name="bytes">Whether points are images as they stand.</param>
    /// <param name="given">Whether samples were given: nobody asked for their classes, and each has noise of its own.</param>
    public static IReadOnlyList<string> Reading(bool bytes, bool given) =>
    [
        (bytes ? "" : "Points are principal components of images; here they are images again. ")
            + "Each column is one sample on its way, and under it the held-out real image nearest to the row above. They are the first samples of every class, "
            + $"not chosen by eye; the number on top is {(given ? "their class" : "the class that was asked for")}."
            + (bytes && !given ? " A column begins with the same noise in every row and at every scale." : ""),
    ];

    /// <summary>A column per sample, a row per stage, the nearest real image under it.</summary>
    public static Figure Sheet(ImageSamples all)
    {
        var samples = all with { Set = all.Set.WithAtMost(MostPostprocessed) };
        var columns = samples.FirstOfEachClass(Enumerable.Range(0, samples.Set.Labels.Length));
        var stages = samples.Set.StageNames;
        var sheet = samples.NewSheet(Math.Max(columns.Count, 1));
        sheet.AddBand("", "", samples.ClassesOf(columns), [.. stages.Select(stage => samples.RowOf(stage, columns)), samples.NearestTo(stages[^1], columns)]);
        string nearest = samples.Judged is null ? "the real image nearest to each" : "the real image of the class asked for that is nearest to each in the judge’s features";
        return sheet.ToFigure(
            $"images-{samples.Name}",
            samples.Title,
            $"The same {columns.Count} samples {Text.Enumerate(stages)}, and {nearest}.",
            $"Sheet of {columns.Count} samples {samples.Where} by stage, with the nearest real image of each.");
    }

    /// <summary>Samples that the judge sees in another class after postprocessing; null where no judge looked at them, or where none was mended or broken.</summary>
    public static Figure? ClassChanges(ImageSamples samples)
    {
        if (samples.Compared() is not var (before, after, stage)) return null;
        int[] asked = samples.Set.Labels, rows = [.. Enumerable.Range(0, asked.Length).Where(row => before.Classes[row] != after.Classes[row])];
        int[] mended = [.. rows.Where(row => after.Classes[row] == asked[row])], broken = [.. rows.Where(row => before.Classes[row] == asked[row])];
        int others = rows.Length - mended.Length - broken.Length;
        if (mended.Length + broken.Length == 0) return null;
        var sheet = samples.NewSheet();
        foreach (var (title, changed) in ((string, int[])[])[("Mended", mended), ("Broken", broken)])
        {
            var columns = samples.FirstOfEachClass(changed);
            AddBand(sheet, samples, $"{title}: {Text.Count(changed.Length)}", columns,
                [samples.RowOf(Stages.Before, columns, row => $"seen: {before.Classes[row]}"), samples.RowOf(stage, columns, row => $"seen: {after.Classes[row]}")]);
        }
        string left = Math.Max(mended.Length, broken.Length) > ImageSamples.MostColumns ? $" Shown are {ImageSamples.MostColumns} of each at most, the first of every class." : "";
        return sheet.ToFigure(
            $"class-changes-{samples.Name}",
            $"{samples.Title}: changed class",
            $"Of {Text.Count(asked.Length)} samples {stage} mends {Text.Count(mended.Length)} (the judge saw another class before, and sees the one asked for after) "
            + $"and breaks {Text.Count(broken.Length)} (the other way round).{(others == 0 ? "" : $" {others} more went from one wrong class to another.")}{left} "
            + "Over each column stands the class asked for, under each image the class seen.",
            $"Samples {samples.Where} that changed class, before above {stage}: {mended.Length} mended, {broken.Length} broken.");
    }

    /// <summary>The samples whose distance to real images fell most, and those where it rose most; null where no judge measured them.</summary>
    public static Figure? DistanceChanges(ImageSamples samples)
    {
        if (samples.Compared() is not var (before, after, stage)) return null;
        var changes = Enumerable.Range(0, samples.Set.Labels.Length)
            .Select(row => (Row: row, Change: after.Distances[row] - before.Distances[row]))
            .Where(entry => float.IsFinite(entry.Change)).OrderBy(entry => entry.Change).ToList();
        if (changes.Count == 0) return null;
        // No sample is both: of few, the better half and the worse half.
        int[] best = [.. changes.Take(Math.Min(ImageSamples.MostColumns, (changes.Count + 1) / 2)).Select(entry => entry.Row)];
        int[] worst = [.. changes.AsEnumerable().Reverse().Take(Math.Min(ImageSamples.MostColumns, changes.Count / 2)).Select(entry => entry.Row)];
        string bestTitle = changes[0].Change < 0 ? "fell most" : "rose least", worstTitle = changes[^1].Change > 0 ? "rose most" : "fell least";
        int fallen = changes.Count(entry => entry.Change < 0), risen = changes.Count(entry => entry.Change > 0);
        var sheet = samples.NewSheet();
        foreach (var (title, rows) in ((string, int[])[])[($"Best: the distance {bestTitle}", best), ($"Worst: the distance {worstTitle}", worst)])
            AddBand(sheet, samples, title, rows, [Row(Stages.Before, before, rows), Row(stage, after, rows), samples.NearestTo(stage, rows)]);
        return sheet.ToFigure(
            $"best-worst-{samples.Name}",
            $"{samples.Title}: best and worst",
            $"Of {Text.Count(changes.Count)} samples {stage} brings {Text.Count(fallen)} nearer to the real images of the class asked for and carries {Text.Count(risen)} farther away, "
            + $"in the judge’s features. Shown are those where that distance {bestTitle} and those where it {worstTitle}; it stands under each image.",
            $"Samples {samples.Where} before, {stage} and the nearest real image: those whose distance to real images {bestTitle} above those where it {worstTitle}.");

        SheetRow Row(string at, JudgedStage judged, int[] rows) => samples.RowOf(at, rows, row => Text.Significant(judged.Distances[row]));
    }

    private static void AddBand(ImageSheet sheet, ImageSamples samples, string title, IReadOnlyList<int> columns, IReadOnlyList<SheetRow> rows)
    {
        if (columns.Count > 0) sheet.AddBand(title, "class asked for", samples.ClassesOf(columns), rows);
    }
}
