using Veer.Formats;

namespace Veer.Data;

/// <summary>Finds out what images a file or folder holds: by its name where that says it, else by its first bytes.</summary>
internal static class ImagePaths
{
    private const string Expected =
        "IDX images, CIFAR-10 .bin, a dataset zip, an .npz of arr_0, or a folder with the files of one of these or a folder of PNG or JPEG for each class";

    private static readonly string[] TrainNames = [ImageData.Train, "training"], TestNames = [ImageData.Test, "val", "valid", "validation"];

    // folders in folders that each hold nothing else; links could go on for ever
    private const int MostDepth = 16;

    /// <summary>The format in words, and the parts in it.</summary>
    public static (string Kind, IReadOnlyList<ImageSet> Parts) Find(string path, int depth, CancellationToken cancellation)
    {
        if (depth > MostDepth) throw new InputException(path, "folder", $"folders in each other, {depth} deep", Expected);
        return Directory.Exists(path) ? FindInFolder(path, depth, cancellation) : FindInFile(path, cancellation);
    }

    private static (string Kind, IReadOnlyList<ImageSet> Parts) FindInFile(string path, CancellationToken cancellation)
    {
        string name = Path.GetFileName(path);
        if (name.EndsWith(".npz", StringComparison.OrdinalIgnoreCase)) return ("sample batch (.npz)", [NpzImageSet.Open(path, cancellation)]);
        if (name.EndsWith(".zip", StringComparison.OrdinalIgnoreCase)) return ("dataset zip", [EncodedImageSet.OpenZip(path, cancellation)]);
        if (name.EndsWith(".bin", StringComparison.OrdinalIgnoreCase)) return ("CIFAR-10 binary", [CifarImageSet.Open(path, [path], cancellation)]);
        if (CifarImageSet.OtherVersion([name]) is { } other) throw new InputException(path, "file", other, CifarImageSet.Wanted);
        if (name.EndsWith(".tar.gz", StringComparison.OrdinalIgnoreCase))
            throw new InputException(path, "file", "a packed archive", "the folder that it unpacks to");
        if (IdxPair.IsImages(name)) return ("IDX", [IdxPair.Open(path, cancellation)]);
        byte[] start = new byte[4];
        using (var stream = InputFile.Open(path, Expected, cancellation)) stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        return start switch
        {
            [0x1F, 0x8B, ..] or [0, 0, 8, ..] => ("IDX", [IdxPair.Open(path, cancellation)]),
            [(byte)'P', (byte)'K', ..] => ("dataset zip", [EncodedImageSet.OpenZip(path, cancellation)]),
            _ => throw new InputException(path, "file", $"bytes {Convert.ToHexStringLower(start)}...", Expected),
        };
    }

    private static (string Kind, IReadOnlyList<ImageSet> Parts) FindInFolder(string path, int depth, CancellationToken cancellation)
    {
        if (Mnist.IsFolder(path)) return ("IDX", Mnist.OpenParts(path, cancellation));
        foreach (string folder in (string[])[path, Path.Combine(path, CifarImageSet.FolderName)])
        {
            if (CifarImageSet.IsFolder(folder)) return ("CIFAR-10 binary", CifarImageSet.OpenParts(folder, cancellation));
        }
        var (folders, files) = FolderTree.Top(path, cancellation);
        if (FindParts(path, folders, files, depth, cancellation) is { } parts) return parts;
        if (files.Contains(DatasetJson.Name)) return ("dataset folder", [EncodedImageSet.OpenFolder(path, cancellation)]);
        bool images = files.Any(ImageNames.IsImage);
        if (folders is [var only] && !images && IsOuter(Path.Combine(path, only), cancellation))
            return Find(Path.Combine(path, only), depth + 1, cancellation);
        if (CifarImageSet.OtherVersion([.. files, .. folders]) is { } other) throw new InputException(path, "folder", other, CifarImageSet.Wanted);
        if (folders.Length > 0) return ("image folder", [EncodedImageSet.OpenClasses(path, folders, cancellation)]);
        if (images) return ("image folder", [EncodedImageSet.OpenFolder(path, cancellation)]);
        throw new InputException(path, "folder", files.Length == 0 ? "an empty folder" : $"{files[0]} and no images", Expected);
    }

    /// <summary>Whether a folder that lies alone in another is the data set, and not its only class.</summary>
    private static bool IsOuter(string folder, CancellationToken cancellation)
    {
        var (folders, files) = FolderTree.Top(folder, cancellation);
        return files.Contains(DatasetJson.Name) || CifarImageSet.OtherVersion(files) is not null
            || (!files.Any(ImageNames.IsImage) && (folders.Length > 0 || files.Length > 0));
    }

    /// <summary>A folder that holds two folders or two zips, one for training and one for tests, and no other.</summary>
    private static (string Kind, IReadOnlyList<ImageSet> Parts)? FindParts(
        string path, string[] folders, string[] files, int depth, CancellationToken cancellation)
    {
        string[] zips = [.. files.Where(name => name.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))];
        string[] both = [.. (folders.Length == 0 ? zips : folders).Select(name => Path.Combine(path, name))];
        if (both.Length != 2 || (folders.Length > 0 && zips.Length > 0)) return null;
        string? train = both.FirstOrDefault(name => Says(name, TrainNames)), test = both.FirstOrDefault(name => Says(name, TestNames));
        if (train is null || test is null || train == test) return null;
        var (kind, trainSet) = FindOne(train, depth, cancellation);
        var (_, testSet) = FindOne(test, depth, cancellation);
        (trainSet.Part, testSet.Part) = (ImageData.Train, ImageData.Test);
        return ($"{kind}s", [trainSet, testSet]);
    }

    private static (string Kind, ImageSet Set) FindOne(string path, int depth, CancellationToken cancellation)
    {
        var (kind, parts) = Find(path, depth + 1, cancellation);
        return parts.Count == 1 ? (kind, parts[0]) : throw new InputException(path, "parts", $"{parts.Count}", "one: a folder for training or for tests");
    }

    /// <summary>Whether one of the words of a name is one of these: "cifar10-train-jpeg.zip" says "train".</summary>
    private static bool Says(string path, string[] words) =>
        Path.GetFileNameWithoutExtension(path).Split('-', '_', '.', ' ').Intersect(words, StringComparer.OrdinalIgnoreCase).Any();
}
