namespace Veer.Studies.Reporting;

/// <summary>Samples as images: a column per sample, a row per stage, the nearest real image under it.</summary>
internal static class ImageSheetFigure
{
    private const int MostPostprocessed = 3;

    /// <param name="bytes">Whether points are images as they stand.</param>
    public static IReadOnlyList<string> Reading(bool bytes) =>
    [
        (bytes ? "" : "Points are principal components of images; here they are images again. ")
            + "Each column is one sample on its way, and under it the held-out real image nearest to the row above. They are the first samples of every class, "
            + "not chosen by eye; the number on top is the class that was asked for."
            + (bytes ? " A column begins with the same noise in every row and at every scale." : ""),
    ];

    public static Figure Create(ImageSamples all)
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
            $"Sheet of {columns.Count} samples at guidance scale {samples.Scale} by stage, with the nearest real image of each.");
    }
}
