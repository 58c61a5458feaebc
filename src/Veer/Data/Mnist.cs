namespace Veer.Data;

/// <summary>MNIST (LeCun et al.) and data sets in its four files, such as Fashion-MNIST: grey images of 28 x 28 in ten classes.</summary>
public static class Mnist
{
    /// <summary>Number of classes.</summary>
    public const int Classes = 10;

    /// <summary>Height and width of an image in pixels.</summary>
    public const int Side = 28;

    internal static readonly string[] Files =
        ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];

    /// <summary>Reads the training or the test images. Each of the files may be gzipped (.gz) or unpacked.</summary>
    /// <param name="folder">The folder with the files; <see cref="DataFolders.Find"/> knows the usual places.</param>
    /// <param name="train">The 60,000 training images, or the 10,000 test images.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <returns>Points [N, 1, 28, 28] in [-1, 1] (byte / 127.5 - 1) and their labels, 0 to 9.</returns>
    /// <exception cref="InputException">A file is missing, damaged, or does not fit the other.</exception>
    public static LabeledData Load(string folder, bool train, CancellationToken cancellation = default) =>
        OpenPart(folder, train, cancellation).Load(cancellation: cancellation);

    /// <summary>Whether a folder holds any of the four files.</summary>
    internal static bool IsFolder(string folder) => Files.Any(name => IdxPair.Find(folder, name) is not null);

    /// <summary>Both parts, of which all four files must be there.</summary>
    internal static IReadOnlyList<ImageSet> OpenParts(string folder, CancellationToken cancellation) =>
        [OpenPart(folder, train: true, cancellation), OpenPart(folder, train: false, cancellation)];

    private static IdxImageSet OpenPart(string folder, bool train, CancellationToken cancellation)
    {
        string imagesFile = IdxPair.Locate(folder, Files[train ? 0 : 2]), labelsFile = IdxPair.Locate(folder, Files[train ? 1 : 3]);
        var set = IdxImageSet.Open(imagesFile, labelsFile, Classes, cancellation);
        if (set.Shape.Height != Side || set.Shape.Width != Side)
            throw new InputException(imagesFile, "images", $"{set.Shape.Height} x {set.Shape.Width} pixels", $"{Side} x {Side}");
        set.Part = train ? ImageData.Train : ImageData.Test;
        return set;
    }
}
