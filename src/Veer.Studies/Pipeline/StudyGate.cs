using Veer.Data;
using Veer.Features;
using Veer.Guidance;
using Veer.Models;
using Veer.Postprocessing;
using Veer.Studies.Settings;

namespace Veer.Studies.Pipeline;

/// <summary>
/// Holds a study's data against its settings, and its two sets of points against each other, before anything is made: what settings and data
/// decide is told at the start, not by a late stage.
/// </summary>
internal static class StudyGate
{
    /// <exception cref="InputException">One line that names the file or key, what was found and what is needed.</exception>
    public static void Validate(Study study, StudyData data)
    {
        var settings = study.Settings;
        // given samples need not be of all classes
        if (data.Given is null)
            foreach (var (set, name) in Sets(data)) EveryClass(set, name, data.ClassNames);
        if (!data.IsImages) OneRange(data);
        EnoughSamples(study, data);
        if (data.Truth is null && ExactModel(settings) is { } exact)
            throw new InputException(study.Path, exact, $"'{VariantNames.Exact}'", $"a trained model: data of kind {settings.Data.Kind} has no closed form");
        if (settings.Judge is not null) ImageJudgeTraining.Require(data.Train, data.Name);
        foreach (var (name, denoiser) in settings.Denoisers) denoiser.Validate(data.Shape, study.Path, $"denoisers.{name}.");
        foreach (var (name, classifier) in settings.Classifiers) classifier.Validate(data.Shape, study.Path, $"classifiers.{name}.");
        foreach (var (name, postprocessor) in settings.Postprocessors)
        {
            EnoughNeighbors($"postprocessors.{name}", postprocessor, study.Path, data);
            if (postprocessor.Unet is { } unet && data.IsImages) NetworkChoice.RequireSides(unet, data.Shape, study.Path, $"postprocessors.{name}.unet");
        }
    }

    /// <summary>What can be meant so, and yet makes numbers say less than they seem to: a line each.</summary>
    public static IEnumerable<string> Doubts(Study study, StudyData data)
    {
        var networks = study.Settings.Denoisers.Where(one => one.Value.Song is null).Select(one => ($"denoisers.{one.Key}.unet", one.Value.Unet))
            .Concat(study.Settings.Postprocessors.Where(one => one.Value.LearnsFlow).Select(one => ($"postprocessors.{one.Key}.unet", one.Value.Unet)))
            .Concat(study.Settings.Classifiers.Select(one => ($"classifiers.{one.Key}.encoder", one.Value.Encoder)));
        foreach (var (key, unet) in networks)
            if (unet is { HasUntoldBlocks: true }) yield return $"{key}: blocks of 32 channels are told neither time nor class, as their normalisation takes away what is added; scale_shift_norm: true tells them";
        foreach (string note in data.Notes) yield return note;
        foreach (var same in (data.Given ?? []).GroupBy(set => (set.Name, set.Content)).Where(same => same.Count() > 1))
            yield return $"{study.Settings.Called(same.Key.Name, same.First().Scale)}: the same samples as {string.Join(", ", same.Skip(1).Select(set => study.Settings.Called(set.Name, set.Scale)))}";
        if (data.Train.Count == data.HeldOut.Count && data.Train.Points.equal(data.HeldOut.Points).all().item<bool>())
            yield return $"{data.HeldOutName} holds the very points of {data.TrainName}: distances to it say nothing of points that no model has seen";
    }

    private static (LabeledData Set, string Name)[] Sets(StudyData data) => [(data.Train, data.TrainName), (data.HeldOut, data.HeldOutName)];

    private static void EveryClass(LabeledData set, string name, IReadOnlyList<string>? names)
    {
        long[] counts = GivenClasses.Counts(set);
        int empty = Array.IndexOf(counts, 0);
        if (empty < 0) return;
        string called = names is null ? $"{empty}" : $"{empty} ({names[empty]})";
        throw new InputException(name, "labels", $"no point of class {called}", $"points of classes 0 to {set.Classes - 1}");
    }

    private static void OneRange(StudyData data)
    {
        if (SamePlace.Differ(data.HeldOut.Points, data.Train.Points) is not { } ranges) return;
        throw new InputException(data.HeldOutName, "points", ranges.Found, $"numbers like those of {data.TrainName}, {ranges.Expected}");
    }

    /// <summary>Of points every class is measured by itself, of images all.</summary>
    private static void EnoughSamples(Study study, StudyData data)
    {
        if (StudyEvaluation.Metrics(study, data).MaxBy(metric => metric.LeastSamples) is not { } metric) return;
        var (key, samples) = data.Given is null ? ("sampling.test_samples", study.Settings.Sampling.TestSamples) : ("generated", data.Given.Min(set => set.Split.Test.Length));
        (string Name, long Count)[] sets = data.IsImages
            ? [(key, samples), (data.HeldOutName, data.HeldOut.Count), (data.TrainName, data.Train.Count)]
            : [(key, samples / GivenClasses.Counts(data.Train).Count(count => count > 0)), (data.HeldOutName, GivenClasses.Counts(data.HeldOut).Where(count => count > 0).Min()),
                (data.TrainName, GivenClasses.Counts(data.Second).Where(count => count > 0).Min())];
        var (name, count) = sets.MinBy(set => set.Count);
        // a class of which there are no samples is not measured
        if (count >= metric.LeastSamples || metric.LeastSamples == 1) return;
        string found = data.IsImages ? $"{count} images" : $"{count} points of a class";
        throw new InputException(study.Path, name, found, $"at least {metric.LeastSamples}: {metric.Name} needs as many");
    }

    /// <summary>The key of the first setting that asks for the closed form; null where none does.</summary>
    private static string? ExactModel(StudySettings settings)
    {
        foreach (var (name, guidance) in settings.Guidances)
        {
            if (guidance.Denoiser == VariantNames.Exact) return $"guidances.{name}.denoiser";
            if (guidance.Guidance.Needs.HasFlag(GuidanceNeeds.Classifier) && guidance.Classifier == VariantNames.Exact) return $"guidances.{name}.classifier";
            if (guidance.Guidance.Needs.HasFlag(GuidanceNeeds.Guide) && guidance.Guide == VariantNames.Exact) return $"guidances.{name}.guide";
        }
        return null;
    }

    private static void EnoughNeighbors(string key, PostprocessorSettings postprocessor, string file, StudyData data)
    {
        if (!postprocessor.LearnsFlow || !Pairings.All.Named(postprocessor.Pairing).Reads(postprocessor).Contains(nameof(postprocessor.Neighbors))) return;
        long[] counts = [.. GivenClasses.Counts(data.Train).Select(count => Math.Min(count, postprocessor.RealPerClass ?? count))];
        if (!postprocessor.MatchClasses) counts = [counts.Sum()];
        long fewest = counts.Where(count => count > 0).Min();
        if (fewest >= postprocessor.Neighbors) return;
        string where = postprocessor.MatchClasses ? $"class {Array.IndexOf(counts, fewest)} of {data.TrainName} has {fewest} points" : $"{data.TrainName} has {fewest} points";
        throw new InputException(file, $"{key}.neighbors", $"{postprocessor.Neighbors}", $"at most {fewest}: {where}");
    }
}
