using Veer.Data;
using Veer.Studies.Settings;

namespace Veer.Studies.Pipeline;

/// <summary>The images of a study: a data set by name, with its own split, or two paths.</summary>
internal static class ImageStudyData
{
    /// <summary>Reads training and held-out images; the second real sample, for the floor, is of training images.</summary>
    /// <exception cref="InputException">The settings name no images or both kinds; images are missing, faulty or do not fit each other.</exception>
    public static StudyData Load(Study study, CancellationToken cancellation)
    {
        var settings = study.Settings.Data;
        var (trainSet, heldOutSet) = settings.Set is { } name ? Named(study, name, cancellation) : ByPath(study, cancellation);
        ImageData.Fit(trainSet, heldOutSet);
        var (train, heldOut) = (trainSet.Load(null, cancellation), heldOutSet.Load(null, cancellation));
        var second = StudyData.LikeSamples(train, study.Settings.Sampling.TestSamples);
        return new(
            train, heldOut, second, Name: settings.Set ?? study.Name, Content: train.Key() + heldOut.Key(), Lossy: trainSet.Lossy || heldOutSet.Lossy,
            ClassNames: trainSet.ClassNames, TrainName: trainSet.Path, HeldOutName: heldOutSet.Path);
    }

    private static (ImageSet Train, ImageSet HeldOut) Named(Study study, string name, CancellationToken cancellation)
    {
        var settings = study.Settings.Data;
        if ((settings.Train ?? settings.HeldOut) is { } other)
            throw new InputException(study.Path, "data.set", $"'{name}' beside '{other}'", "data.set alone, or data.train and data.held_out");
        var images = ImageData.Open(DataFolders.Find(name, settings.Folder), cancellation);
        return (images.Part(train: true), images.Part(train: false));
    }

    private static (ImageSet Train, ImageSet HeldOut) ByPath(Study study, CancellationToken cancellation)
    {
        return (Open("train", study.Settings.Data.Train), Open("held_out", study.Settings.Data.HeldOut));

        ImageSet Open(string key, string? name)
        {
            if (name is null or "")
                throw new InputException(study.Path, $"data.{key}", name is null ? "no such key" : "an empty text", $"a path to images, or data.set: one of {string.Join(", ", DataFolders.Names)}");
            return ImageData.Open(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(study.Path))!, name), cancellation).Part(null);
        }
    }
}
