namespace Veer.Studies.Reporting;

/// <summary>The sections that show samples: scatter plots in the plane, sheets of images, and what the judge says of these.</summary>
internal static class SampleSections
{
    /// <summary>Sheets of images are a quarter as high as scatter plots.</summary>
    private const int MostSheetsInSight = 2;

    /// <summary>The figures of one guidance at one scale.</summary>
    private sealed record Guided(string Guidance, double Scale, IReadOnlyList<Figure> Figures);

    public static IReadOnlyList<ReportSection> Of(RunFolder run, RealSet? real)
    {
        if (real is null) return [];
        if (run.Decoder(real) is { } decoder) return Images(run, real, decoder);
        // On a line trajectories show it all.
        if (real.Points.Width < 2) return [];
        var scatter = run.Samples(real)
            .Select(set => new Guided(set.Guidance, set.Scale, [ScatterFigure.Create(real, set, run.Boundary(set.Guidance), run.Study.Suffix(set.Guidance))])).ToList();
        return [Section("samples", "Samples", ScatterFigure.Reading, scatter, inSight: 1)];
    }

    private static IReadOnlyList<ReportSection> Images(RunFolder run, RealSet real, IImageDecoder decoder)
    {
        var (sheets, changes, unchanged) = (new List<Guided>(), new List<Guided>(), new List<string>());
        foreach (var set in run.Samples(real))
        {
            var samples = new ImageSamples(real, set, run.Judged(set, real), decoder);
            sheets.Add(new(set.Guidance, set.Scale, [ImageSheetFigure.Create(samples)]));
            Figure[] changed = [.. ((Figure?[])[ClassChangeFigure.Create(samples), DistanceChangeFigure.Create(samples)]).OfType<Figure>()];
            if (changed.Length > 0) changes.Add(new(set.Guidance, set.Scale, changed));
            if (ClassChangeFigure.IsUnchanged(samples)) unchanged.Add($"{set.Guidance} at w = {samples.Scale}");
        }
        return [Section("samples", "Samples", ImageSheetFigure.Reading(real.IsImages), sheets, MostSheetsInSight), Changes(changes, unchanged)];
    }

    private static ReportSection Changes(IReadOnlyList<Guided> drawn, List<string> unchanged)
    {
        var reading = new List<string>
        {
            "The judge is a small classifier of real images. It names the class that it sees in every sample before and after postprocessing, and its features tell how far "
            + "a sample is from the held-out real images of the class that was asked for. Here are the samples that went from one class to another, and those that gained and lost most.",
        };
        if (unchanged.Count > 0) reading.Add($"Postprocessing mended and broke no sample of {Text.Enumerate(unchanged)}: the judge sees the class asked for in the same ones before and after.");
        return Section("changes", "What postprocessing changed", reading, drawn, inSight: 1);
    }

    /// <summary>A scale that people use is in sight, of the first guidances; the rest is folded away.</summary>
    private static ReportSection Section(string id, string heading, IReadOnlyList<string> reading, IReadOnlyList<Guided> drawn, int inSight)
    {
        var groups = drawn.GroupBy(entry => entry.Guidance).ToList();
        var shown = groups.Take(inSight).Select(Usual).ToList();
        return new(id, heading, reading, [.. shown.SelectMany(entry => entry.Figures)],
            [.. groups.Select(group => (group.Key, Others: group.Except(shown).ToList())).Where(group => group.Others.Count > 0)
                .Select(group => new FigureFold(
                    $"{Text.Capitalize(group.Key)} at w = {Text.Enumerate([.. group.Others.Select(entry => Text.Scale(entry.Scale))])}",
                    [.. group.Others.SelectMany(entry => entry.Figures)]))]);

        static Guided Usual(IEnumerable<Guided> group)
        {
            double scale = Stages.UsualScale([.. group.Select(entry => entry.Scale)]);
            return group.First(entry => entry.Scale == scale);
        }
    }
}
