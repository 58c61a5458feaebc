using Veer.Studies.Reporting.Drawing;
using Veer.Studies.Reporting.Html;
using Veer.Studies.Runs;

namespace Veer.Studies.Reporting.Figures;

/// <summary>The sections that show samples: scatter plots in the plane, sheets of images, and what the judge says of these.</summary>
internal static class SampleSections
{
    /// <summary>Sheets of images are a quarter as high as scatter plots.</summary>
    private const int MostSheetsInSight = 2;

    /// <summary>The figures of one guidance at one scale.</summary>
    private sealed record Guided(string Guidance, double Scale, IReadOnlyList<Figure> Figures);

    public static IReadOnlyList<ReportSection> Create(RunFolder run, RealSet? real, StudyNotes study)
    {
        if (real is null) return [];
        if (ImageDecoder.Create(run, real) is { } decoder) return Images(run, real, decoder, study);
        // On a line trajectories show it all.
        if (real.Points.Width < 2 && !study.IsGiven) return [];
        using var plane = real.Points.Width > 2 ? new PrincipalPlane(real.Points) : null;
        var scatter = real.Points.Width < 2 ? null : new ScatterFigure(plane is null ? real : real with { Points = plane.See(real.Points) });
        var (drawn, tables) = (new List<Guided>(), "");
        foreach (var set in run.Samples(real))
        {
            if (study.IsGiven) tables += VectorChanges.Write(set, real, study);
            if (scatter is not null)
                drawn.Add(new(set.Guidance, set.Scale, [scatter.Create(Seen(set), plane is null ? run.Boundary(set.Guidance) : null, study.Name(set.Guidance), study.AtScale(set.Guidance, set.Scale))]));
        }
        ReportSection changes = new("changes", "What postprocessing changed",
            ["Of the first measured samples those that came nearest to the held-out points of their class, and those that went farthest from them."], [], [])
        { Tables = tables };
        string[] reading = plane is null ? [.. ScatterFigure.Reading] : [PrincipalPlane.Words.TrimEnd(), .. ScatterFigure.Reading];
        return scatter is null ? [changes] : [Section("samples", "Samples", reading, inSight: 1, drawn), changes];

        SampleSet Seen(SampleSet set) => plane is null ? set : set with { Stages = [.. set.Stages.Select(stage => (stage.Stage, plane.See(stage.Points)))] };
    }

    private static IReadOnlyList<ReportSection> Images(RunFolder run, RealSet real, ImageDecoder decoder, StudyNotes study)
    {
        var (sheets, changes, unchanged) = (new List<Guided>(), new List<Guided>(), new List<string>());
        foreach (var set in run.Samples(real))
        {
            var samples = new ImageSamples(real, set, run.Judged(set, real), decoder, study);
            sheets.Add(new(set.Guidance, set.Scale, [ImageFigures.Sheet(samples)]));
            var classes = ImageFigures.ClassChanges(samples);
            if (classes is null && samples.Compared() is not null) unchanged.Add(study.IsUnscaled(set.Guidance) ? set.Guidance : $"{set.Guidance} at w = {samples.Scale}");
            Figure[] changed = [.. ((Figure?[])[classes, ImageFigures.DistanceChanges(samples)]).OfType<Figure>()];
            if (changed.Length > 0) changes.Add(new(set.Guidance, set.Scale, changed));
        }
        string[] reading =
        [
            "The evaluation classifier (“judge”) is a small classifier of real images. It names the class that it sees in every sample before and after postprocessing, and its features tell how far "
            + "a sample is from the held-out real images of the class that was asked for. Here are the samples that went from one class to another, and those that gained and lost most.",
            .. unchanged.Count > 0 ? [$"Postprocessing mended and broke no sample of {Text.Enumerate(unchanged)}: the judge sees the class asked for in the same ones before and after."] : Array.Empty<string>(),
        ];
        return [Section("samples", "Samples", ImageFigures.Reading(real.IsImages, study.IsGiven), MostSheetsInSight, sheets), Section("changes", "What postprocessing changed", reading, inSight: 1, changes)];
    }

    /// <summary>A scale that people use is in sight, of the first guidances; the rest is folded away.</summary>
    private static ReportSection Section(string id, string heading, IReadOnlyList<string> reading, int inSight, IReadOnlyList<Guided> drawn)
    {
        var groups = drawn.GroupBy(entry => entry.Guidance).ToList();
        var shown = groups.Take(inSight).Select(group => group.MinBy(entry => Stages.Unusualness(entry.Scale))!).ToList();
        return new(id, heading, reading, [.. shown.SelectMany(entry => entry.Figures)],
            [.. from entry in groups
                let others = entry.Except(shown).ToList()
                where others.Count > 0
                select new FigureFold($"{Text.Capitalize(entry.Key)} at w = {Text.Enumerate([.. others.Select(other => Text.Scale(other.Scale))])}", [.. others.SelectMany(other => other.Figures)])]);
    }
}
