using Veer.Formats;

namespace Veer.Data;

/// <summary>A sample batch of guided-diffusion (Dhariwal and Nichol 2021): arr_0 [N, height, width, channels] uint8, arr_1 [N] labels.</summary>
internal sealed class NpzImageSet : ImageSet
{
    private const string ImagesName = "arr_0", LabelsName = "arr_1";

    private readonly int[]? labels;

    private NpzImageSet(string path, ImageShape shape, long count, int[]? labels)
        : base(path, shape, count, labels is null ? null : labels.Max() + 1) => this.labels = labels;

    /// <summary>Opens a batch: reads the header of the images, and the labels where there are any.</summary>
    /// <param name="path">The .npz.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="InputException">An array is missing, damaged, or of another type, shape or length; a label is out of range.</exception>
    public static NpzImageSet Open(string path, CancellationToken cancellation)
    {
        using var file = NpzFile.Open(path, cancellation);
        using var images = file.Open(ImagesName, ScalarType.Byte);
        var place = new InputPlace(path, ImagesName);
        string shape = $"shape [{string.Join(", ", images.Shape)}]";
        if (images.Shape.Length != 4 || images.Shape[3] is not (1 or 3))
            throw place.Fault(shape, "[N, height, width, channels] with 1 or 3 channels");
        var (count, height, width, channels) = (images.Shape[0], images.Shape[1], images.Shape[2], images.Shape[3]);
        if (count == 0 || height == 0 || width == 0) throw place.Fault(shape, "at least one image of at least one pixel");
        if ((Int128)height * width * channels > Array.MaxLength) throw place.Fault(shape, $"at most {Array.MaxLength} bytes an image");
        return new NpzImageSet(path, new ImageShape((int)channels, (int)height, (int)width), count, ReadLabels(file, count));
    }

    private protected override IImageReader Open(CancellationToken cancellation) =>
        NpzFile.Open(Path, cancellation).OrDispose(file => new Reader(file, file.Open(ImagesName, ScalarType.Byte), labels));

    private static int[]? ReadLabels(NpzFile file, long count)
    {
        if (!file.Contains(LabelsName)) return null;
        using var scope = NewDisposeScope();
        long[] read = [.. VectorData.ReadLabels(file, LabelsName).data<long>()];
        if (read.Length != count)
            throw new InputException(file.Path, LabelsName, $"{read.Length} labels", $"{count}, one for each image of {ImagesName}");
        int wrong = Array.FindIndex(read, label => label is < 0 or > ClassLabel.Largest);
        if (wrong >= 0) throw new InputException(file.Path, $"{LabelsName}[{wrong}]", $"label {read[wrong]}", $"0 to {ClassLabel.Largest}");
        return Array.ConvertAll(read, label => (int)label);
    }

    private sealed class Reader(NpzFile file, NpzArray images, int[]? labels) : IImageReader
    {
        private int at;

        public void Read(ImageBatch batch)
        {
            images.Read(batch.Pixels);
            if (labels is null) return;
            for (int i = 0; i < batch.Count; i++) batch.Labels[i] = labels[at++];
        }

        public void Finish() => images.Finish();

        public void Dispose()
        {
            images.Dispose();
            file.Dispose();
        }
    }
}
