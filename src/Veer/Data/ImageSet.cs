namespace Veer.Data;

/// <summary>
/// Images of one shape, with or without labels, in files that are opened anew for each reading. Opening a set reads headers and labels
/// only; <see cref="Read"/> holds one batch in memory, whatever the set's size.
/// </summary>
public abstract class ImageSet
{
    // enough to keep a batch's overhead small
    private const int BatchBytes = 1 << 22, MostInBatch = 4096;

    private protected ImageSet(string path, ImageShape shape, long count, int? classes)
    {
        (Path, Shape, Count) = (path, shape, count);
        (Labelled, Classes) = (classes is not null, classes ?? 1);
    }

    /// <summary>The file or folder with the images.</summary>
    public string Path { get; }

    /// <summary>Which part of the data it is: "train" or "test", or "images" where there is one part only.</summary>
    public string Part { get; internal set; } = "images";

    /// <summary>The shape of every image.</summary>
    public ImageShape Shape { get; }

    /// <summary>Number of images, at least one.</summary>
    public long Count { get; }

    /// <summary>Whether the images have labels.</summary>
    public bool Labelled { get; }

    /// <summary>
    /// Whether files hold the images with loss (JPEG): their pixels are not those of the data set, and no distance from them compares with
    /// one from those. Before they are read their names tell it.
    /// </summary>
    public bool Lossy { get; private protected set; }

    /// <summary>Number of classes; 1 where there are no labels.</summary>
    public int Classes { get; internal set; }

    /// <summary>Names of the classes, in the order of their labels, where the data set has names.</summary>
    public IReadOnlyList<string>? ClassNames { get; private protected init; }

    /// <summary>Reads the images in their order, batch by batch.</summary>
    /// <param name="batch">Images in a batch (the last may be smaller); by default about 4 MB.</param>
    /// <param name="cancellation">Stops between images and within large files.</param>
    /// <exception cref="InputException">
    /// An image or label is damaged, of another shape or out of range, or a file has changed; raised when the reading comes to it.
    /// </exception>
    public IEnumerable<ImageBatch> Read(int? batch = null, CancellationToken cancellation = default)
    {
        int most = batch ?? Math.Clamp(BatchBytes / Shape.Bytes, 1, MostInBatch);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(most, nameof(batch));
        return ReadBatches(most, cancellation);
    }

    /// <summary>Reads everything into memory.</summary>
    /// <param name="progress">Is told the share that is read, 0 to 1.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <returns>
    /// Points [N, channels, height, width] in [-1, 1] (byte / 127.5 - 1) and their labels; without labels all are of class 0.
    /// </returns>
    /// <exception cref="InputException">As for <see cref="Read"/>.</exception>
    public LabeledData Load(IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        var points = empty(Count, Shape.Channels, Shape.Height, Shape.Width);
        var labels = empty(Count, ScalarType.Int64);
        long at = 0;
        foreach (var batch in Read(cancellation: cancellation))
        {
            using var step = NewDisposeScope();
            points.narrow(0, at, batch.Count).copy_(batch.ToTensor());
            labels.narrow(0, at, batch.Count).copy_(tensor(batch.Labels));
            at += batch.Count;
            progress?.Report(at / (double)Count);
        }
        return new LabeledData(points.MoveToOuterDisposeScope(), labels.MoveToOuterDisposeScope(), Classes);
    }

    private protected abstract IImageReader Open(CancellationToken cancellation);

    private IEnumerable<ImageBatch> ReadBatches(int most, CancellationToken cancellation)
    {
        using var reader = Open(cancellation);
        for (long at = 0; at < Count; at += most)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = (int)Math.Min(most, Count - at);
            var batch = new ImageBatch(Shape, new byte[checked(count * Shape.Bytes)], new int[count]);
            reader.Read(batch);
            yield return batch;
        }
        reader.Finish();
    }
}
