using Veer.Formats;

namespace Veer.Data;

/// <summary>Grey images in an IDX file, their labels in another; both plain or gzipped.</summary>
internal sealed class IdxImageSet : ImageSet
{
    private readonly byte[] labels;

    private IdxImageSet(string imagesFile, ImageShape shape, byte[] labels, int classes)
        : base(imagesFile, shape, labels.Length, classes) => this.labels = labels;

    /// <summary>Opens a pair of files: reads the header of the images, and the labels.</summary>
    /// <param name="imagesFile">The images.</param>
    /// <param name="labelsFile">Their labels.</param>
    /// <param name="classes">Number of classes; by default the largest label plus one.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="InputException">A file is missing, damaged, empty, or does not fit the other; a label is out of range.</exception>
    public static IdxImageSet Open(string imagesFile, string labelsFile, int? classes, CancellationToken cancellation)
    {
        using var images = IdxStream.OpenImages(imagesFile, cancellation);
        long count = images.Shape[0], height = images.Shape[1], width = images.Shape[2];
        if (count == 0 || height == 0 || width == 0)
            throw new InputException(imagesFile, "images", count == 0 ? "none" : $"{height} x {width} pixels", "at least one");
        if (height * (Int128)width > Array.MaxLength)
            throw new InputException(imagesFile, "images", $"{height} x {width} pixels", $"at most {Array.MaxLength} pixels an image");
        byte[] labels = ReadLabels(labelsFile, System.IO.Path.GetFileName(imagesFile), count, cancellation);
        int limit = classes ?? labels.Max() + 1;
        int wrong = Array.FindIndex(labels, label => label >= limit);
        if (wrong >= 0) throw new InputException(labelsFile, $"label {wrong}", $"{labels[wrong]}", $"0 to {limit - 1}");
        return new IdxImageSet(imagesFile, new ImageShape(1, (int)height, (int)width), labels, limit);
    }

    private protected override IImageReader Open(CancellationToken cancellation) => new Reader(this, cancellation);

    private static byte[] ReadLabels(string path, string imagesFile, long count, CancellationToken cancellation)
    {
        using var file = IdxStream.OpenLabels(path, cancellation);
        if (file.Shape[0] != count || count > Array.MaxLength)
            throw new InputException(path, "labels", $"{file.Shape[0]}", $"{count}, as many as {imagesFile} has images");
        var labels = new byte[count];
        file.Read(labels);
        file.Finish();
        return labels;
    }

    private sealed class Reader(IdxImageSet set, CancellationToken cancellation) : IImageReader
    {
        private readonly IdxStream images = IdxStream.OpenImages(set.Path, cancellation);
        private int at;

        public void Read(ImageBatch batch)
        {
            images.Read(batch.Pixels);
            for (int i = 0; i < batch.Count; i++) batch.Labels[i] = set.labels[at++];
        }

        public void Finish() => images.Finish();

        public void Dispose() => images.Dispose();
    }
}
