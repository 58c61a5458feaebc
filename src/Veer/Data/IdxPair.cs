namespace Veer.Data;

/// <summary>IDX files by their names: images and the labels beside them.</summary>
internal static class IdxPair
{
    private const string Images = "images", Labels = "labels", ImagesRank = "idx3", LabelsRank = "idx1", Packed = ".gz";

    /// <summary>Whether a file's name is that of IDX images, as in train-images-idx3-ubyte.gz.</summary>
    public static bool IsImages(string name) => name.Contains(ImagesRank, StringComparison.Ordinal);

    /// <summary>Opens images with the labels beside them; MNIST's file names promise ten classes.</summary>
    public static IdxImageSet Open(string imagesFile, CancellationToken cancellation)
    {
        string folder = Path.GetDirectoryName(imagesFile) ?? "", name = Path.GetFileName(imagesFile);
        string plain = Plain(name), labels = Plain(LabelsName(imagesFile));
        bool mnist = Mnist.Files.Contains(plain.Replace(".idx", "-idx", StringComparison.Ordinal));
        return IdxImageSet.Open(imagesFile, Locate(folder, labels, IsPacked(name)), mnist ? Mnist.Classes : null, cancellation);
    }

    /// <summary>The name of the labels' file, by that of the images.</summary>
    /// <exception cref="InputException">The name has no images and idx3 in it.</exception>
    public static string LabelsName(string imagesFile)
    {
        string name = Path.GetFileName(imagesFile);
        string labels = name.Replace(Images, Labels, StringComparison.Ordinal).Replace(ImagesRank, LabelsRank, StringComparison.Ordinal);
        return labels != name ? labels : throw new InputException(
            imagesFile, "name", name, "one with images and idx3 in it, as its labels are found by labels and idx1");
    }

    /// <summary>Whether a name says that the file is gzipped.</summary>
    public static bool IsPacked(string name) => name.EndsWith(Packed, StringComparison.Ordinal);

    /// <summary>A file of a folder, plain or gzipped, under any of the spellings that mirrors use.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="name">Its name, unpacked.</param>
    /// <param name="packed">Which of both is meant where both are there.</param>
    /// <exception cref="InputException">There is none; says which to put there.</exception>
    public static string Locate(string folder, string name, bool packed = false) => Find(folder, name, packed)
        ?? throw new InputException($"{(folder.Length == 0 ? "." : folder)}: no {name}.gz; put {name}.gz or its unpacked {name} there");

    /// <summary>A file of a folder, plain or gzipped, or null.</summary>
    public static string? Find(string folder, string name, bool packed = false)
    {
        // some mirrors write a dot before idx
        string dotted = name.Replace("-idx", ".idx", StringComparison.Ordinal);
        string[] names = packed ? [name + Packed, dotted + Packed, name, dotted] : [name, name + Packed, dotted, dotted + Packed];
        return names.Select(file => Path.Combine(folder, file)).FirstOrDefault(File.Exists);
    }

    private static string Plain(string name) => IsPacked(name) ? name[..^Packed.Length] : name;
}
