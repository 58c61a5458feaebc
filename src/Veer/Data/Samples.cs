using Veer.Formats;

namespace Veer.Data;

/// <summary>
/// Samples of any origin in memory, and how they came: images of every format that <see cref="ImageData"/> opens, and vectors or images as
/// numbers in .npz, .npy, .safetensors and .csv. Their tensors belong to the dispose scope that was open during the reading.
/// </summary>
public sealed class Samples
{
    private const string Memory = "memory";

    internal Samples(string path, string format, LabeledData data, bool labelled) => (Path, Format, Data, Labelled) = (path, format, data, labelled);

    /// <summary>The file, folder or name, as the user gave it.</summary>
    public string Path { get; internal init; }

    /// <summary>The format in words: ".npz of arr_0", "dataset zip", "mnist (IDX), train".</summary>
    public string Format { get; }

    /// <summary>
    /// The points [N, D] float32, or images [N, C, H, W] float32 in [-1, 1], and their labels; without labels all are of class 0 and there
    /// is one class.
    /// </summary>
    public LabeledData Data { get; }

    /// <summary>Whether the samples have labels.</summary>
    public bool Labelled { get; }

    /// <summary>Whether they are images.</summary>
    public bool IsImages => Data.Points.dim() == 4;

    /// <summary>Whether any was read from a JPEG: its pixels are not those of the data set.</summary>
    public bool Lossy { get; internal init; }

    /// <summary>The type of their numbers, as NumPy calls it: "uint8", "float64"; "text" of .csv.</summary>
    public string NumberType { get; internal init; } = "float32";

    /// <summary>Whether nobody knows what file they came from, and so how their numbers were kept.</summary>
    internal bool IsOfMemory => Format == Memory;

    /// <summary>Of images that were given as numbers, what these run from and to; found or told.</summary>
    public PixelRange? Range { get; internal init; }

    /// <summary>Names of the classes, in the order of their labels, where there are names.</summary>
    public IReadOnlyList<string>? ClassNames { get; internal init; }

    /// <summary>What the reading took for granted: a line each.</summary>
    public IReadOnlyList<string> Notes { get; internal init; } = [];

    /// <summary>The format and layout that the samples came in; null where they came from no file or their format has one layout only.</summary>
    internal (SampleFormat Format, ISampleLayout Layout)? Origin { get; set; }

    /// <summary>Reads samples into memory.</summary>
    /// <param name="path">
    /// A file, a folder, or one of <see cref="DataFolders.Names"/>; <c>:train</c> or <c>:test</c> at its end chooses a part of data that have
    /// both.
    /// </param>
    /// <param name="reading">What the user says of them.</param>
    /// <param name="progress">Is told the share that is read, 0 to 1.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="InputException">There are none, they are faulty, or it is not clear which or what is meant: one line.</exception>
    public static Samples Read(string path, SampleReading? reading = null, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        reading ??= new();
        var (found, part) = SplitPart(path);
        part ??= reading.Part;
        if (part is not (null or ImageData.Train or ImageData.Test)) throw new InputException(path, "part", part, $"{ImageData.Train} or {ImageData.Test}");
        if (SampleFormat.All.FirstOrDefault(format => format.Read is not null && format.IsMeant(found)) is not { } arrays || Directory.Exists(found))
            return ImageSamples.Read(path, found, part, reading, progress, cancellation);
        if (part is not null) throw new InputException(found, "part", part, "none: such a file has no parts");
        var samples = arrays.Read!(found, reading, cancellation);
        progress?.Report(1);
        return samples;
    }

    /// <summary>Samples that are in memory already; written, they take the standard layout of the ending.</summary>
    /// <param name="name">What messages call them.</param>
    /// <param name="data">Points [N, D], or images [N, C, H, W] in [-1, 1].</param>
    /// <param name="labelled">Whether their labels mean anything.</param>
    public static Samples From(string name, LabeledData data, bool labelled)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.Points.dim() is not (2 or 4)) throw new ArgumentException("expected points [N, D] or images [N, C, H, W]", nameof(data));
        return new Samples(name, Memory, data, labelled);
    }

    /// <summary>Refuses, before any work, a path that these samples cannot be written to.</summary>
    /// <param name="path">As for <see cref="Write"/>.</param>
    /// <exception cref="InputException">Its ending is unknown, its format cannot hold them, or a folder with files is there.</exception>
    public void CheckTarget(string path) => Layout(path).Check(path, this);

    /// <summary>
    /// Writes the same rows repaired, atomically: in the format, layout, names, type, range, labels and order that they came in, or in the
    /// standard layout of another format that the path's ending names.
    /// </summary>
    /// <param name="path">
    /// .npz, .npy, .safetensors, .csv, .zip (PNG and dataset.json), .bin (CIFAR-10), a name with idx3 (.gz or not; labels go beside it), or
    /// without an ending a folder of PNG, which must be new or empty.
    /// </param>
    /// <param name="points">As many as there are, of their shape; pixels beyond [-1, 1] are clipped.</param>
    /// <exception cref="InputException">As for <see cref="CheckTarget"/>.</exception>
    /// <exception cref="IOException">The disk is full; what was there is as it was.</exception>
    public void Write(string path, Tensor points)
    {
        ArgumentNullException.ThrowIfNull(points);
        if (!points.shape.SequenceEqual(Data.Points.shape))
            throw new ArgumentException($"points [{string.Join(", ", points.shape)}], expected [{string.Join(", ", Data.Points.shape)}]", nameof(points));
        var layout = Layout(path);
        layout.Check(path, this);
        layout.Write(path, this, points);
    }

    /// <summary>Writes a copy of their file, byte for byte; not where they come from none or have labels in another, or the path names another format.</summary>
    /// <returns>Whether it did.</returns>
    internal bool WriteAsIs(string path)
    {
        if (!File.Exists(Path) || Origin?.Format != SampleFormat.Find(path) || Origin?.Format == SampleFormat.Idx) return false;
        AtomicFile.Write(path, stream =>
        {
            using var from = InputFile.Open(Path, "samples");
            from.CopyTo(stream);
        });
        return true;
    }

    /// <summary>The same samples with labels among other classes, or with none.</summary>
    /// <param name="data">Their points and these labels.</param>
    /// <param name="labelled">Whether the labels mean anything.</param>
    /// <param name="names">Names of the classes, where there are names.</param>
    internal Samples Relabelled(LabeledData data, bool labelled, IReadOnlyList<string>? names) => new(Path, Format, data, labelled)
    {
        Lossy = Lossy,
        NumberType = NumberType,
        Range = Range,
        ClassNames = names,
        Notes = Notes,
        Origin = Origin,
    };

    private ISampleLayout Layout(string path)
    {
        var format = SampleFormat.Find(path);
        return Origin is { } origin && origin.Format == format ? origin.Layout : format.Standard(this);
    }

    /// <summary>"data:test" is the part "test" of "data".</summary>
    internal static (string Path, string? Part) SplitPart(string path)
    {
        if (System.IO.Path.Exists(path)) return (path, null);
        string? part = new[] { ImageData.Train, ImageData.Test }.FirstOrDefault(part => path.EndsWith(":" + part, StringComparison.Ordinal));
        return part is null ? (path, null) : (path[..^(part.Length + 1)], part);
    }
}
