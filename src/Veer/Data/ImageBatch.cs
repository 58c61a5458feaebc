namespace Veer.Data;

/// <summary>Some images of a data set, as the bytes that it holds.</summary>
/// <param name="Shape">The shape of every image.</param>
/// <param name="Pixels">[Count, height, width, channels]: image after image, row after row, the channels of a pixel side by side.</param>
/// <param name="Labels">A label for each image; zeros where the data set has none.</param>
public sealed record ImageBatch(ImageShape Shape, byte[] Pixels, int[] Labels)
{
    /// <summary>Number of images.</summary>
    public int Count => Labels.Length;

    /// <summary>The bytes of one image: [height, width, channels].</summary>
    public ReadOnlySpan<byte> Image(int index) => Pixels.AsSpan(index * Shape.Bytes, Shape.Bytes);

    /// <summary>The images as networks take them: [Count, channels, height, width] float32 in [-1, 1] (byte / 127.5 - 1).</summary>
    public Tensor ToTensor()
    {
        using var scope = NewDisposeScope();
        var bytes = empty([Count, Shape.Height, Shape.Width, Shape.Channels], ScalarType.Byte);
        bytes.bytes = Pixels;
        return ImageQuantization.FromBytes(bytes.permute(0, 3, 1, 2)).MoveToOuterDisposeScope();
    }
}
