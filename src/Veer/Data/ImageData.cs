namespace Veer.Data;

/// <summary>
/// Images that a user names by a path or by a data set's name, whatever their format: IDX, CIFAR-10's binary version, folders of PNG and
/// JPEG, dataset zips, sample batches. Opening reads headers and labels only.
/// </summary>
public sealed class ImageData
{
    internal const string Train = "train", Test = "test";

    private ImageData(string path, string kind, IReadOnlyList<ImageSet> parts) => (Path, Kind, Parts) = (path, kind, parts);

    /// <summary>The file or folder, as it was found.</summary>
    public string Path { get; }

    /// <summary>The format in words, such as "dataset zip".</summary>
    public string Kind { get; }

    /// <summary>The training and then the test images, or one part that holds all.</summary>
    public IReadOnlyList<ImageSet> Parts { get; }

    /// <summary>Opens images and finds out what they are.</summary>
    /// <param name="path">A file, a folder, or one of <see cref="DataFolders.Names"/>; what is there as a file or folder comes first.</param>
    /// <param name="cancellation">Stops the listing of folders and the reading of labels.</param>
    /// <exception cref="InputException">There is nothing of this name, nothing that can be read, or its parts do not fit each other.</exception>
    public static ImageData Open(string path, CancellationToken cancellation = default)
    {
        bool named = DataFolders.Names.Contains(path) && !System.IO.Path.Exists(path);
        string found = named ? DataFolders.Find(path) : path;
        if (!System.IO.Path.Exists(found))
            throw new InputException(path, "path", "no such file or folder", $"images, or one of the names {string.Join(", ", DataFolders.Names)}");
        var (kind, parts) = ImagePaths.Find(found, depth: 0, cancellation);
        if (parts.Count == 2) Fit(parts[0], parts[1]);
        return new ImageData(found, kind, parts);
    }

    /// <summary>Opens images and reads one part into memory.</summary>
    /// <param name="path">As for <see cref="Open"/>.</param>
    /// <param name="train">The training or the test images; null for a path that holds one part only.</param>
    /// <param name="progress">Is told the share that is read, 0 to 1.</param>
    /// <param name="cancellation">Stops between images and within large files.</param>
    /// <returns>Points [N, channels, height, width] in [-1, 1] and their labels; without labels all are of class 0.</returns>
    /// <exception cref="InputException">As for <see cref="Open"/>; there is no such part; an image or a label is faulty.</exception>
    public static LabeledData Load(
        string path, bool? train = null, IProgress<double>? progress = null, CancellationToken cancellation = default) =>
        Open(path, cancellation).Part(train).Load(progress, cancellation);

    /// <summary>One of the parts.</summary>
    /// <param name="train">The training or the test images; null for the only part.</param>
    /// <exception cref="InputException">There is no such part, or there are two and none is named.</exception>
    public ImageSet Part(bool? train)
    {
        string? wanted = train switch { true => Train, false => Test, null => null };
        var part = wanted is null ? (Parts.Count == 1 ? Parts[0] : null) : Parts.FirstOrDefault(part => part.Part == wanted);
        string there = string.Join(" and ", Parts.Select(part => part.Part));
        return part ?? throw new InputException(Path, "parts", there, wanted is null ? "one only" : $"one named {wanted}");
    }

    /// <summary>
    /// Holds two sets for one model against each other: both are of one shape, both have labels or neither has, and where their classes have
    /// names, these are the same. The held-out set then has the classes of the training.
    /// </summary>
    /// <exception cref="InputException">They do not fit; a class that only one of them has is named.</exception>
    public static void Fit(ImageSet train, ImageSet heldOut)
    {
        if (heldOut.Shape != train.Shape) throw new InputException(heldOut.Path, "images", $"{heldOut.Shape}", $"{train.Shape}, as in {train.Path}");
        if (heldOut.Labelled != train.Labelled)
            throw new InputException(heldOut.Path, "labels", Labels(heldOut), $"{Labels(train)}, as in {train.Path}");
        if (heldOut.ClassNames is { } names && train.ClassNames is { } known && !names.SequenceEqual(known))
        {
            string? other = known.Except(names).FirstOrDefault(), more = names.Except(known).FirstOrDefault();
            string found = other is not null ? $"no class '{other}'" : more is not null ? $"the class '{more}'" : "another order";
            throw new InputException(heldOut.Path, "classes", found, $"those of {train.Path}: {string.Join(", ", known)}");
        }
        if (heldOut.Classes > train.Classes)
            throw new InputException(heldOut.Path, "labels", $"label {heldOut.Classes - 1}", $"0 to {train.Classes - 1}, as in {train.Path}");
        heldOut.Classes = train.Classes;

        static string Labels(ImageSet set) => set.Labelled ? "labels" : "no labels";
    }
}
