using Veer.Formats;

namespace Veer.Data;

/// <summary>Finds out what images a file or folder holds: by its name where that says it, else by its first bytes.</summary>
internal static class ImagePaths
{
    private static readonly string Expected = $"{string.Join(", ", ImageFormat.All.Select(format => format.Title))}, or a folder with the files of one of these";

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
        if (ImageFormat.All.FirstOrDefault(format => format.IsFile(name)) is { } named) return Open(named);
        if (CifarImageSet.OtherVersion([name]) is { } other) throw new InputException(path, "file", other, CifarImageSet.Wanted);
        if (name.EndsWith(".tar.gz", StringComparison.OrdinalIgnoreCase))
            throw new InputException(path, "file", "a packed archive", "the folder that it unpacks to");
        byte[] start = new byte[4];
        using (var stream = InputFile.Open(path, Expected, cancellation)) stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        return Open(ImageFormat.All.FirstOrDefault(format => format.Starts(start))
            ?? throw new InputException(path, "file", $"bytes {Convert.ToHexStringLower(start)}...", Expected));

        (string Kind, IReadOnlyList<ImageSet> Parts) Open(ImageFormat format) => (format.Name, [format.OpenFile(path, cancellation)]);
    }

    private static (string Kind, IReadOnlyList<ImageSet> Parts) FindInFolder(string path, int depth, CancellationToken cancellation)
    {
        foreach (var format in ImageFormat.All)
        {
            if (format.FindFolder(path) is { } folder) return (format.Name, format.OpenFolder(folder, cancellation));
        }
        var (folders, files) = FolderTree.Top(path, cancellation);
        if (FindParts(path, folders, files, depth, cancellation) is { } parts) return parts;
        if (files.Contains(DatasetJson.Name)) return (ImageFormat.Unpacked.Name, [EncodedImageSet.OpenFolder(path, cancellation)]);
        bool images = files.Any(ImageNames.IsImage);
        if (folders is [var only] && !images && IsOuter(Path.Combine(path, only), cancellation))
            return Find(Path.Combine(path, only), depth + 1, cancellation);
        if (CifarImageSet.OtherVersion([.. files, .. folders]) is { } other) throw new InputException(path, "folder", other, CifarImageSet.Wanted);
        if (folders.Any(name => Says(name, TrainNames)) && folders.Any(name => Says(name, TestNames)) && folders.All(name => Says(name, TrainNames) || Says(name, TestNames)))
            throw new InputException(path, "folders", $"{string.Join(", ", folders)}, parts of a data set", $"one for each class, or one for training and one for tests: name one of these, as {Path.Combine(path, folders[0])}");
        if (folders.Length > 0) return (ImageFormat.Classes.Name, [EncodedImageSet.OpenClasses(path, folders, cancellation)]);
        if (images) return (ImageFormat.Classes.Name, [EncodedImageSet.OpenFolder(path, cancellation)]);
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
