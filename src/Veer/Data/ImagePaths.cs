using Veer.Formats;

namespace Veer.Data;

/// <summary>Finds out what images a file or folder holds: by its name where that says it, else by its first bytes.</summary>
internal static class ImagePaths
{
    private const string Expected =
        "IDX images, CIFAR-10 .bin, a dataset zip, an .npz of arr_0, or a folder with the files of one of these or a folder of PNG or JPEG for each class";

    private static readonly string[] TrainNames = [ImageData.Train, "training"], TestNames = [ImageData.Test, "val", "valid", "validation"];

    /// <summary>The format in words, and the parts in it.</summary>
    public static (string Kind, IReadOnlyList<ImageSet> Parts) Find(string path)
    {
        if (Directory.Exists(path)) return FindInFolder(path);
        return FindInFile(path);
    }

    private static (string Kind, IReadOnlyList<ImageSet> Parts) FindInFile(string path)
    {
        string name = Path.GetFileName(path);
        if (name.EndsWith(".npz", StringComparison.OrdinalIgnoreCase)) return ("sample batch (.npz)", [NpzImageSet.Open(path)]);
        if (name.EndsWith(".zip", StringComparison.OrdinalIgnoreCase)) return ("dataset zip", [EncodedImageSet.OpenZip(path)]);
        if (name.EndsWith(".bin", StringComparison.OrdinalIgnoreCase)) return ("CIFAR-10 binary", [CifarImageSet.Open(path, [path])]);
        if (name.EndsWith(".tar.gz", StringComparison.OrdinalIgnoreCase))
            throw new InputException(path, "file", "a packed archive", "the folder that it unpacks to");
        if (IdxPair.IsImages(name)) return ("IDX", [IdxPair.Open(path)]);
        byte[] start = new byte[4];
        using (var stream = InputFile.Open(path, Expected)) stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        return start switch
        {
            [0x1F, 0x8B, ..] or [0, 0, 8, ..] => ("IDX", [IdxPair.Open(path)]),
            [(byte)'P', (byte)'K', ..] => ("dataset zip", [EncodedImageSet.OpenZip(path)]),
            _ => throw new InputException(path, "file", $"bytes {Convert.ToHexStringLower(start)}...", Expected),
        };
    }

    private static (string Kind, IReadOnlyList<ImageSet> Parts) FindInFolder(string path)
    {
        if (Mnist.IsFolder(path)) return ("IDX", Mnist.OpenParts(path));
        foreach (string folder in (string[])[path, Path.Combine(path, CifarImageSet.FolderName)])
        {
            if (CifarImageSet.IsFolder(folder)) return ("CIFAR-10 binary", CifarImageSet.OpenParts(folder));
        }
        if (FindParts(path) is { } parts) return parts;
        if (File.Exists(Path.Combine(path, DatasetJson.Name))) return ("dataset folder", [EncodedImageSet.OpenFolder(path)]);
        if (EncodedImageSet.ClassFolders(path).Any()) return ("image folder", [EncodedImageSet.OpenClasses(path)]);
        if (Directory.EnumerateFiles(path).Any(ImageNames.IsImage)) return ("image folder", [EncodedImageSet.OpenFolder(path)]);
        string? other = Directory.EnumerateFileSystemEntries(path).Select(Path.GetFileName).Order(StringComparer.Ordinal).FirstOrDefault();
        throw new InputException(path, "folder", other is null ? "an empty folder" : $"{other} and no images", Expected);
    }

    /// <summary>A folder that holds two folders or two zips, one for training and one for tests, and no other.</summary>
    private static (string Kind, IReadOnlyList<ImageSet> Parts)? FindParts(string path)
    {
        string[] folders = [.. EncodedImageSet.ClassFolders(path).Select(name => Path.Combine(path, name))];
        string[] zips = [.. Directory.EnumerateFiles(path, "*.zip").Order(StringComparer.Ordinal)];
        string[] both = folders.Length == 0 ? zips : folders;
        if (both.Length != 2 || (folders.Length > 0 && zips.Length > 0)) return null;
        string? train = both.FirstOrDefault(name => Says(name, TrainNames)), test = both.FirstOrDefault(name => Says(name, TestNames));
        if (train is null || test is null || train == test) return null;
        var (kind, trainSet) = FindOne(train);
        var (_, testSet) = FindOne(test);
        (trainSet.Part, testSet.Part) = (ImageData.Train, ImageData.Test);
        return ($"{kind}s", [trainSet, testSet]);
    }

    private static (string Kind, ImageSet Set) FindOne(string path)
    {
        var (kind, parts) = Find(path);
        return parts.Count == 1 ? (kind, parts[0]) : throw new InputException(path, "parts", $"{parts.Count}", "one: a folder for training or for tests");
    }

    /// <summary>Whether one of the words of a name is one of these: "cifar10-train-jpeg.zip" says "train".</summary>
    private static bool Says(string path, string[] words) =>
        Path.GetFileNameWithoutExtension(path).Split('-', '_', '.', ' ').Intersect(words, StringComparer.OrdinalIgnoreCase).Any();
}
