namespace Veer.Studies.Reporting;

/// <summary>Samples that the judge sees in another class after postprocessing: those mended and those broken.</summary>
internal static class ClassChangeFigure
{
    /// <summary>The figure; null where no judge looked at the samples, or where none was mended or broken.</summary>
    public static Figure? Create(ImageSamples samples)
    {
        if (samples.Compared() is not { } compared || Changed(samples) is not { } changed || changed.Mended.Count + changed.Broken.Count == 0) return null;
        var (before, after, stage) = compared;
        var sheet = samples.NewSheet();
        AddBand("Mended", changed.Mended);
        AddBand("Broken", changed.Broken);
        string others = changed.Others == 0 ? "" : $" {changed.Others} more went from one wrong class to another.";
        string left = Math.Max(changed.Mended.Count, changed.Broken.Count) > ImageSamples.MostColumns ? $" Shown are {ImageSamples.MostColumns} of each at most, the first of every class." : "";
        return sheet.ToFigure(
            $"class-changes-{samples.Name}",
            $"{samples.Title}: changed class",
            $"Of {Text.Count(samples.Set.Labels.Length)} samples {stage} mends {Text.Count(changed.Mended.Count)} (the judge saw another class before, and sees the one asked for after) "
            + $"and breaks {Text.Count(changed.Broken.Count)} (the other way round).{others}{left} Over each column stands the class asked for, under each image the class seen.",
            $"Samples at guidance scale {samples.Scale} that changed class, before above {stage}: {changed.Mended.Count} mended, {changed.Broken.Count} broken.");

        void AddBand(string title, IReadOnlyList<int> rows)
        {
            if (rows.Count == 0) return;
            var columns = samples.FirstOfEachClass(rows);
            sheet.AddBand(
                $"{title}: {Text.Count(rows.Count)}", "class asked for", samples.ClassesOf(columns),
                [samples.RowOf(Stages.Before, columns, row => $"seen: {before.Classes[row]}"), samples.RowOf(stage, columns, row => $"seen: {after.Classes[row]}")]);
        }
    }

    /// <summary>Whether a judge looked at the samples and found none mended and none broken.</summary>
    public static bool IsUnchanged(ImageSamples samples) => Changed(samples) is { Mended.Count: 0, Broken.Count: 0 };

    private static (IReadOnlyList<int> Mended, IReadOnlyList<int> Broken, int Others)? Changed(ImageSamples samples)
    {
        if (samples.Compared() is not var (before, after, _)) return null;
        int[] asked = samples.Set.Labels, rows = [.. Enumerable.Range(0, asked.Length).Where(row => before.Classes[row] != after.Classes[row])];
        int[] mended = [.. rows.Where(row => after.Classes[row] == asked[row])], broken = [.. rows.Where(row => before.Classes[row] == asked[row])];
        return (mended, broken, rows.Length - mended.Length - broken.Length);
    }
}
