using Veer.Formats;

namespace Veer.Data;

/// <summary>PNG and JPEG images, in a folder or in a zip, decoded when they are read.</summary>
internal sealed class EncodedImageSet : ImageSet
{
    private readonly Func<IImageFiles> open;
    private readonly IReadOnlyList<string> names;
    private readonly IReadOnlyList<int>? labels;

    private EncodedImageSet(
        string path, ImageShape shape, Func<IImageFiles> open, IReadOnlyList<string> names, IReadOnlyList<int>? labels, int? classes)
        : base(path, shape, names.Count, classes)
    {
        this.open = open;
        this.names = names;
        this.labels = labels;
        Lossy = names.Any(ImageNames.IsJpeg);
    }

    /// <summary>A zip after EDM's dataset tool; one without dataset.json has no labels.</summary>
    public static EncodedImageSet OpenZip(string path) => OpenDescribed(path, () => new ZipImages(path));

    /// <summary>A folder with dataset.json, the unpacked form of the zip, or a folder of images without labels.</summary>
    public static EncodedImageSet OpenFolder(string path) => OpenDescribed(path, () => new FolderImages(path));

    /// <summary>A folder with a folder for each class; classes are numbered in ordinal order of their names.</summary>
    public static EncodedImageSet OpenClasses(string path)
    {
        string[] classes = [.. ClassFolders(path)];
        var files = new FolderImages(path);
        string[] names = [.. files.Names.Where(name => name.Contains('/'))];
        if (names.Length < files.Names.Count)
        {
            string beside = files.Names.First(name => !name.Contains('/'));
            throw new InputException(path, beside, "an image beside folders of images", "each image in the folder of its class");
        }
        int[] labels = [.. names.Select(name => name[..name.IndexOf('/', StringComparison.Ordinal)])
            .Select(name => Array.BinarySearch(classes, name, StringComparer.Ordinal))];
        int empty = Enumerable.Range(0, classes.Length).Except(labels).FirstOrDefault(-1);
        if (empty >= 0) throw new InputException(path, classes[empty], "no PNG or JPEG", "at least one image of each class");
        return new EncodedImageSet(path, FirstShape(files, path, names), () => new FolderImages(path), names, labels, classes.Length)
        {
            ClassNames = classes,
        };
    }

    /// <summary>The folders of classes in a folder, in ordinal order; hidden ones are none.</summary>
    public static IEnumerable<string> ClassFolders(string path) =>
        Directory.EnumerateDirectories(path).Select(folder => System.IO.Path.GetFileName(folder)).Where(name => !name.StartsWith('.')).Order(StringComparer.Ordinal);

    private protected override IImageReader Open() => new Reader(this);

    private static EncodedImageSet OpenDescribed(string path, Func<IImageFiles> open)
    {
        using var files = open();
        if (files.Names.Count == 0) throw new InputException(path, "images", "none", "at least one PNG or JPEG");
        int[]? labels = null;
        if (files.Contains(DatasetJson.Name))
        {
            using var json = new MemoryStream(files.Read(DatasetJson.Name));
            labels = DatasetJson.Read(json, path, files.Names);
        }
        return new EncodedImageSet(path, FirstShape(files, path, files.Names), open, files.Names, labels, labels?.Max() + 1);
    }

    private static ImageShape FirstShape(IImageFiles files, string path, IReadOnlyList<string> names) =>
        ShapeOf(ImageHeader.Read(files.Read(names[0]), new InputPlace(path, names[0])));

    private static ImageShape ShapeOf(ImageHeader header) => new(header.Channels, header.Height, header.Width);

    private sealed class Reader(EncodedImageSet set) : IImageReader
    {
        private readonly IImageFiles files = set.open();
        private int at;

        public void Read(ImageBatch batch)
        {
            for (int i = 0; i < batch.Count; i++, at++)
            {
                var place = new InputPlace(set.Path, set.names[at]);
                byte[] image = files.Read(set.names[at]);
                var header = ImageHeader.Read(image, place);
                var shape = ShapeOf(header);
                if (shape != set.Shape) throw place.Fault(Describe(shape), $"{Describe(set.Shape)}, as {set.names[0]} has");
                EncodedImage.Decode(image, header, batch.Pixels.AsSpan(i * batch.Shape.Bytes, batch.Shape.Bytes), place);
                batch.Labels[i] = set.labels?[at] ?? 0;
            }
        }

        public void Finish()
        {
        }

        public void Dispose() => files.Dispose();

        private static string Describe(ImageShape shape) =>
            $"{shape.Height} x {shape.Width} pixels in {(shape.Channels == 1 ? "grey" : "colour")}";
    }
}
