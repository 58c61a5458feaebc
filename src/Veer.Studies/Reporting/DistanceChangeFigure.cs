namespace Veer.Studies.Reporting;

/// <summary>The best and the worst of postprocessing: the samples whose distance to real images fell most, and those where it rose most.</summary>
internal static class DistanceChangeFigure
{
    /// <summary>The figure; null where no judge measured the samples.</summary>
    public static Figure? Create(ImageSamples samples)
    {
        if (samples.Compared() is not var (before, after, stage)) return null;
        var changes = Enumerable.Range(0, samples.Set.Labels.Length)
            .Select(row => (Row: row, Change: after.Distances[row] - before.Distances[row]))
            .Where(entry => float.IsFinite(entry.Change)).OrderBy(entry => entry.Change).ToList();
        if (changes.Count == 0) return null;
        // No sample is both: of few, the better half and the worse half.
        var best = changes.Take(Math.Min(ImageSamples.MostColumns, (changes.Count + 1) / 2)).ToList();
        var worst = changes.AsEnumerable().Reverse().Take(Math.Min(ImageSamples.MostColumns, changes.Count / 2)).ToList();
        string bestTitle = best[0].Change < 0 ? "fell most" : "rose least", worstTitle = changes[^1].Change > 0 ? "rose most" : "fell least";
        var sheet = samples.NewSheet();
        AddBand($"Best: the distance {bestTitle}", best);
        AddBand($"Worst: the distance {worstTitle}", worst);
        int fallen = changes.Count(entry => entry.Change < 0), risen = changes.Count(entry => entry.Change > 0);
        return sheet.ToFigure(
            $"best-worst-{samples.Name}",
            $"{samples.Title}: best and worst",
            $"Of {Text.Count(changes.Count)} samples {stage} brings {Text.Count(fallen)} nearer to the real images of the class asked for and carries {Text.Count(risen)} farther away, "
            + $"in the judge’s features. Shown are those where that distance {bestTitle} and those where it {worstTitle}; it stands under each image.",
            $"Samples at guidance scale {samples.Scale} before, {stage} and the nearest real image: those whose distance to real images {bestTitle} above those where it {worstTitle}.");

        void AddBand(string title, List<(int Row, float Change)> chosen)
        {
            if (chosen.Count == 0) return;
            int[] rows = [.. chosen.Select(entry => entry.Row)];
            sheet.AddBand(title, "class asked for", samples.ClassesOf(rows),
            [
                samples.RowOf(Stages.Before, rows, row => Text.Significant(before.Distances[row])),
                samples.RowOf(stage, rows, row => Text.Significant(after.Distances[row])),
                samples.NearestTo(stage, rows),
            ]);
        }
    }
}
