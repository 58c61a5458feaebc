namespace Veer.Studies.Reporting;

/// <summary>The sections that show samples: scatter plots in the plane, sheets of images, and what the judge says of these.</summary>
internal static class SampleSections
{
    private const int MostInSight = 4;

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
        return [Samples(ScatterFigure.Lead, scatter)];
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
        return [Samples(ImageSheetFigure.Lead(real.IsImages), sheets), Changes(changes, unchanged)];
    }

    private static ReportSection Samples(IReadOnlyList<string> lead, IReadOnlyList<Guided> drawn) => drawn.Count <= MostInSight
        ? new("samples", "Samples", lead, [.. drawn.SelectMany(entry => entry.Figures)], [])
        : Largest("samples", "Samples", lead, drawn);

    private static ReportSection Changes(IReadOnlyList<Guided> drawn, List<string> unchanged)
    {
        var lead = new List<string>
        {
            "The judge is a small classifier of real images. It names the class that it sees in every sample before and after postprocessing, and its features tell how far "
            + "a sample is from the held-out real images of the class that was asked for. Here are the samples that went from one class to another, and those that gained and lost most.",
        };
        if (unchanged.Count > 0) lead.Add($"Postprocessing mended and broke no sample of {Text.Enumerate(unchanged)}: the judge sees the class asked for in the same ones before and after.");
        return Largest("changes", "What postprocessing changed", lead, drawn);
    }

    /// <summary>The largest scale of each guidance is in sight: there its effect is greatest.</summary>
    private static ReportSection Largest(string id, string heading, IReadOnlyList<string> lead, IReadOnlyList<Guided> drawn)
    {
        var groups = drawn.GroupBy(entry => entry.Guidance).ToList();
        var largest = groups.Take(MostInSight).Select(group => group.Last()).ToList();
        return new(id, heading, lead, [.. largest.SelectMany(entry => entry.Figures)],
            [.. groups.Select(group => (group.Key, Others: group.Except(largest).ToList())).Where(group => group.Others.Count > 0)
                .Select(group => new FigureFold(
                    $"{Text.Capitalize(group.Key)} at w = {Text.Enumerate([.. group.Others.Select(entry => Text.Scale(entry.Scale))])}",
                    [.. group.Others.SelectMany(entry => entry.Figures)]))]);
    }
}
