using Veer.Formats;
using static TorchSharp.torch;

namespace Veer.Data;

/// <summary>MNIST (LeCun et al.) and data sets in its four files, such as Fashion-MNIST: grey images of 28 x 28 in ten classes.</summary>
public static class Mnist
{
    /// <summary>Number of classes.</summary>
    public const int Classes = 10;

    /// <summary>Height and width of an image in pixels.</summary>
    public const int Side = 28;

    // the largest byte maps to 1 and the smallest to -1
    private const double HalfRange = 127.5;

    internal static readonly string[] Files =
        ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];

    /// <summary>Reads the training or the test images. Each of the files may be gzipped (.gz) or unpacked.</summary>
    /// <param name="folder">The folder with the files; <see cref="DataFolders.Find"/> knows the usual places.</param>
    /// <param name="train">The 60,000 training images, or the 10,000 test images.</param>
    /// <returns>Points [N, 1, 28, 28] in [-1, 1] (byte / 127.5 - 1) and their labels, 0 to 9.</returns>
    /// <exception cref="InputException">A file is missing, damaged, or does not fit the other.</exception>
    public static LabeledData Load(string folder, bool train)
    {
        using var scope = NewDisposeScope();
        string imagesFile = Locate(folder, Files[train ? 0 : 2]), labelsFile = Locate(folder, Files[train ? 1 : 3]);
        var images = Idx.ReadImages(imagesFile);
        if (images.shape[1] != Side || images.shape[2] != Side)
            throw new InputException(imagesFile, "images", $"{images.shape[1]} x {images.shape[2]} pixels", $"{Side} x {Side}");
        var labels = Idx.ReadLabels(labelsFile).to(ScalarType.Int64);
        long count = images.shape[0];
        if (labels.shape[0] != count)
        {
            string expected = $"{count}, as many as {Path.GetFileName(imagesFile)} has images";
            throw new InputException(labelsFile, "labels", $"{labels.shape[0]}", expected);
        }
        if (count == 0) throw new InputException(imagesFile, "images", "none", "at least one");
        long largest = labels.max().item<long>();
        if (largest >= Classes)
        {
            long first = labels.ge(Classes).to(ScalarType.Byte).argmax().item<long>();
            throw new InputException(labelsFile, $"label {first}", $"{labels[first].item<long>()}", $"0 to {Classes - 1}");
        }
        var points = images.to(ScalarType.Float32).div_(HalfRange).sub_(1).view(count, 1, Side, Side);
        return new LabeledData(points.MoveToOuterDisposeScope(), labels.MoveToOuterDisposeScope(), Classes);
    }

    private static string Locate(string folder, string name)
    {
        // some mirrors write a dot before idx
        string dotted = name.Replace("-idx", ".idx", StringComparison.Ordinal);
        var candidates = new[] { name, name + ".gz", dotted, dotted + ".gz" }.Select(file => Path.Combine(folder, file));
        return candidates.FirstOrDefault(File.Exists)
            ?? throw new InputException($"{folder}: no {name}.gz; put {name}.gz or its unpacked {name} there");
    }
}
