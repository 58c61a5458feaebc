using Veer.Formats;

namespace Veer.Data;

/// <summary>PNG and JPEG images, in a folder or in a zip, decoded when they are read.</summary>
internal sealed class EncodedImageSet : ImageSet
{
    private readonly Func<CancellationToken, IImageFiles> open;
    private readonly IReadOnlyList<string> names;
    private readonly IReadOnlyList<int>? labels;

    private EncodedImageSet(
        string path, ImageShape shape, Func<CancellationToken, IImageFiles> open, IReadOnlyList<string> names, IReadOnlyList<int>? labels, int? classes)
        : base(path, shape, names.Count, classes)
    {
        (this.open, this.names, this.labels) = (open, names, labels);
        Lossy = names.Any(ImageNames.IsJpeg);
    }

    /// <summary>A zip after EDM's dataset tool; one without dataset.json has no labels.</summary>
    public static EncodedImageSet OpenZip(string path, CancellationToken cancellation) =>
        OpenDescribed(path, reading => new ZipImages(path, reading), cancellation);

    /// <summary>A folder with dataset.json, the unpacked form of the zip, or a folder of images without labels.</summary>
    public static EncodedImageSet OpenFolder(string path, CancellationToken cancellation) =>
        OpenDescribed(path, reading => new FolderImages(path, reading), cancellation);

    /// <summary>A folder with a folder for each class; see <see cref="ImageNames.OfClasses"/> for their order.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="folders">Names of the folders in it.</param>
    /// <param name="cancellation">Stops the listing.</param>
    public static EncodedImageSet OpenClasses(string path, IReadOnlyList<string> folders, CancellationToken cancellation)
    {
        string[] classes = ImageNames.OfClasses(folders);
        var files = new FolderImages(path, cancellation);
        if (files.Names.FirstOrDefault(name => !name.Contains('/')) is { } beside)
            throw new InputException(path, beside, "an image beside folders of images", "each image in the folder of its class");
        var order = classes.Index().ToDictionary(pair => pair.Item, pair => pair.Index, StringComparer.Ordinal);
        int[] labels = [.. files.Names.Select(name => order[name[..name.IndexOf('/', StringComparison.Ordinal)]])];
        int empty = Enumerable.Range(0, classes.Length).Except(labels).FirstOrDefault(-1);
        if (empty >= 0) throw new InputException(path, classes[empty], "no PNG or JPEG", "at least one image of each class");
        if (Array.Find(classes, name => files.Contains($"{name}/{DatasetJson.Name}")) is { } described)
            throw DatasetJson.Misplaced(path, $"{described}/{DatasetJson.Name}");
        return new EncodedImageSet(path, FirstShape(files, path, files.Names), reading => new FolderImages(path, reading), files.Names, labels, classes.Length)
        {
            ClassNames = classes,
        };
    }

    /// <summary>The images' names in their order, relative, with forward slashes.</summary>
    public IReadOnlyList<string> Names => names;

    /// <summary>Whether a dataset.json lies beside them.</summary>
    public bool Described { get; private init; }

    private protected override IImageReader Open(CancellationToken cancellation) => new Reader(this, cancellation);

    private static EncodedImageSet OpenDescribed(string path, Func<CancellationToken, IImageFiles> open, CancellationToken cancellation)
    {
        using var files = open(cancellation);
        if (files.Names.Count == 0) throw new InputException(path, "images", "none", "at least one PNG or JPEG");
        bool described = files.Contains(DatasetJson.Name);
        int[]? labels = described
            ? DatasetJson.Read(files.Read(DatasetJson.Name), path, files.Names, cancellation)
            : null;
        return new EncodedImageSet(path, FirstShape(files, path, files.Names), open, files.Names, labels, labels?.Max() + 1) { Described = described };
    }

    private static ImageShape FirstShape(IImageFiles files, string path, IReadOnlyList<string> names)
    {
        var place = new InputPlace(path, names[0]);
        _ = ImageCodec.Require(place);
        return ShapeOf(ImageHeader.Read(files.Read(names[0]), place));
    }

    private static ImageShape ShapeOf(ImageHeader header) => new(header.Channels, header.Height, header.Width);

    private static ReadOnlySpan<byte> JpegStart => [0xFF, 0xD8, 0xFF];

    private sealed class Reader(EncodedImageSet set, CancellationToken cancellation) : IImageReader
    {
        private readonly IImageFiles files = set.open(cancellation);
        private int at;

        public void Read(ImageBatch batch)
        {
            for (int i = 0; i < batch.Count; i++, at++)
            {
                cancellation.ThrowIfCancellationRequested();
                var place = new InputPlace(set.Path, set.names[at]);
                byte[] image = files.Read(set.names[at]);
                var header = ImageHeader.Read(image, place);
                // whatever their names say
                if (image.AsSpan().StartsWith(JpegStart)) set.Lossy = true;
                var shape = ShapeOf(header);
                if (shape != set.Shape) throw place.Fault(Describe(shape), $"{Describe(set.Shape)}, as {set.names[0]} has");
                ImageCodec.Decode(image, shape, batch.Pixels.AsSpan(i * batch.Shape.Bytes, batch.Shape.Bytes), place);
                batch.Labels[i] = set.labels?[at] ?? 0;
            }
        }

        public void Dispose() => files.Dispose();

        private static string Describe(ImageShape shape) =>
            $"{shape.Height} x {shape.Width} pixels in {(shape.Channels == 1 ? "grey" : "colour")}";
    }
}
