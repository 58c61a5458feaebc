using Veer.Data;
using Veer.Metrics;
using Veer.Postprocessing;
using Veer.Studies.Settings;

namespace Veer.Studies.Pipeline;

/// <summary>The real points of a study of given samples: any that can be read, with held-out ones of their own or without, with labels or without.</summary>
internal static class GivenData
{
    /// <summary>Reads real points, and looks at them and at the samples.</summary>
    /// <param name="study">Its settings name generated samples.</param>
    /// <param name="seed">Seed of the split.</param>
    /// <param name="known">Real points that are known already, as those that have a closed form; null where paths name them.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="InputException">A file is missing or faulty, or sets do not fit each other.</exception>
    public static StudyData Load(Study study, long seed, StudyData? known, CancellationToken cancellation)
    {
        var (data, real, heldOut) = known is null ? Read(study, seed, cancellation)
            : (known, Samples.From(known.TrainName, known.Train, known.Labelled), Samples.From(known.HeldOutName, known.HeldOut, known.Labelled));
        var notes = data.Notes.ToList();
        int neighbors = study.Settings.Postprocessors.Values.Where(one => one.LearnsFlow && Pairings.All.Named(one.Pairing).Reads(one).Contains(nameof(one.Neighbors)))
            .Select(one => one.Neighbors).DefaultIfEmpty(1).Max();
        var given = new GivenSamples(study, cancellation).All(seed, Look);
        if (given.FirstOrDefault(set => set.Labelled != given[0].Labelled) is { } other)
            throw new InputException(other.Paths[0], "labels", Labels(other.Labelled), $"{Labels(given[0].Labelled)}, as in {given[0].Paths[0]}");
        if (given[0].Labelled != data.Labelled)
            notes.Add($"{(data.Labelled ? given[0].Paths[0] : data.TrainName)} has no labels: all samples are repaired and measured as one class");
        if (data.Labelled && !given[0].Labelled)
            data = data with { Train = data.Train.OfOneClass(), HeldOut = data.HeldOut.OfOneClass(), Second = data.Second.OfOneClass(), ClassNames = null, Labelled = false };
        var classes = given.SelectMany(set => set.Classes).ToHashSet();
        data = GivenClasses.Kept(data, classes);
        if (data.Train.Count < SampleSplit.FewestReal)
            throw new InputException(data.TrainName, "points", $"{data.Train.Count}", $"at least {SampleSplit.FewestReal}: some are trained on, some validate");
        var (validation, training) = SampleSplit.OfReal(data.Train, study.Settings.Split, seed);
        // the floor is of as many points as are measured
        var second = data.Truth is null ? training.Rows(KeyedSubset.Rows(RandomKey.From(seed, "second"), training.Count, given.Max(set => set.Split.Test.Length))) : data.Second;
        data = data with { Given = given, Notes = [.. notes.Distinct()], Train = training, Validation = validation, Second = second };
        GivenClasses.Require(data, classes, real.Data, heldOut?.Data);
        return data;

        void Look(IReadOnlyList<Samples> files)
        {
            notes.AddRange(files.SelectMany(file => file.Notes));
            // of samples without labels those of the real points say nothing, and the other way round
            bool classless = files.All(file => file.Labelled) != real.Labelled && files.All(file => file.Labelled == files[0].Labelled);
            Samples Seen(Samples samples) => classless ? samples.Relabelled(samples.Data.OfOneClass(), labelled: false, names: null) : samples;
            notes.AddRange(SampleLook.Require(
                [.. files.Select(Seen)], Seen(real), heldOut is null ? null : Seen(heldOut), neighbors, SampleUse.Fit, cancellation).Select(finding => finding.Line));
        }
    }

    private static (StudyData Data, Samples Real, Samples? HeldOut) Read(Study study, long seed, CancellationToken cancellation)
    {
        var settings = study.Settings.Data;
        string name = Named("train", settings.Train) ?? throw new InputException(study.Path, "data.train", "no such key", "a path to real samples");
        string? heldOutName = Named("held_out", settings.HeldOut);
        string path = GivenSamples.PathOf(study, name);
        if (heldOutName is null && settings.IsImages && HasTwoParts(path, cancellation)) (path, heldOutName) = ($"{path}:train", $"{name}:test");
        var real = Samples.Read(path, study.Settings.Reading?.ToReading(), cancellation: cancellation);
        if (real.IsImages != settings.IsImages) throw new InputException(study.Path, "data.kind", $"'{settings.Kind}'", $"'{(real.IsImages ? "images" : "vectors")}', which {real.Path} holds");
        string set = name.Split(':')[0];
        var data = new StudyData(
            real.Data, real.Data, real.Data, Name: DataFolders.Names.Contains(set) ? set : Path.GetFileName(Path.TrimEndingDirectorySeparator(set)), Content: real.Data.Key(),
            Lossy: real.Lossy, ClassNames: real.ClassNames, TrainName: path, HeldOutName: path, Labelled: real.Labelled)
        { Notes = real.Notes };
        if (heldOutName is null) return (HoldOut(study, data, seed), real, null);
        var heldOut = Samples.Read(GivenSamples.PathOf(study, heldOutName), study.Settings.Reading?.ToReading(), cancellation: cancellation);
        if (heldOut.Data.Classes > real.Data.Classes)
            throw new InputException(heldOut.Path, "labels", $"label {heldOut.Data.Classes - 1}", $"0 to {real.Data.Classes - 1}, as in {real.Path}");
        if (heldOut.Data.Key() == real.Data.Key()) throw new InputException(heldOut.Path, "samples", $"the very ones of {real.Path}", "real samples that no model has seen");
        data = data with
        {
            HeldOut = heldOut.Data with { Classes = real.Data.Classes },
            HeldOutName = heldOut.Path,
            Content = data.Content + heldOut.Data.Key(),
            Lossy = real.Lossy || heldOut.Lossy,
            Notes = [.. real.Notes, .. heldOut.Notes],
        };
        return (data, real, heldOut);

        string? Named(string key, string? path) => path != "" ? path : throw new InputException(study.Path, $"data.{key}", "an empty text", "a path to real samples");
    }

    /// <summary>Whether a path holds training and test images, and names neither.</summary>
    public static bool HasTwoParts(string path, CancellationToken cancellation) =>
        (Directory.Exists(path) || DataFolders.Names.Contains(path)) && ImageData.Open(path, cancellation).Parts.Count == 2;

    private static StudyData HoldOut(Study study, StudyData data, long seed)
    {
        if (data.Train.Count < SampleSplit.Fewest) throw new InputException(data.TrainName, "points", $"{data.Train.Count}", $"at least {SampleSplit.Fewest}: some are held out");
        var (heldOut, others) = SampleSplit.HoldOut(data.Train.Count, study.Settings.Split, seed);
        return data with
        {
            Train = data.Train.Rows(others),
            HeldOut = data.Train.Rows(heldOut),
            Notes = [.. data.Notes, $"{data.TrainName}: {heldOut.Length} of {data.Train.Count} are held out for the measurements, as no held-out samples are given"],
        };
    }

    private static string Labels(bool labelled) => labelled ? "labels" : "no labels";
}
