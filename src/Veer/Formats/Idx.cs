namespace Veer.Formats;

/// <summary>The IDX files of MNIST and its kin, plain or gzipped: big-endian magic number and sides, then a byte per element.</summary>
public static class Idx
{
    internal const int ImagesMagic = 2051, LabelsMagic = 2049;

    /// <summary>Reads images: [N, height, width] uint8.</summary>
    /// <exception cref="InputException">There is no such file, it holds no images, or it breaks off.</exception>
    public static Tensor ReadImages(string path, CancellationToken cancellation = default) => Read(IdxStream.OpenImages(path, cancellation));

    /// <summary>Reads labels: [N] uint8.</summary>
    /// <exception cref="InputException">There is no such file, it holds no labels, or it breaks off.</exception>
    public static Tensor ReadLabels(string path, CancellationToken cancellation = default) => Read(IdxStream.OpenLabels(path, cancellation));

    private static Tensor Read(IdxStream file)
    {
        using (file)
        {
            using var scope = NewDisposeScope();
            var elements = file.ReadAll();
            file.Finish();
            return elements.MoveToOuterDisposeScope();
        }
    }
}
