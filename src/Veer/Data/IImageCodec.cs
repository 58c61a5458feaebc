namespace Veer.Data;

/// <summary>
/// Decodes PNG and JPEG to the bytes that they hold, and encodes PNG: no colour management, no turning, no scaling. The package Veer.Images has one;
/// <see cref="ImageCodec.Use"/> takes any. Called from several threads at a time.
/// </summary>
public interface IImageCodec
{
    /// <summary>Decodes an image.</summary>
    /// <param name="image">The whole file.</param>
    /// <param name="shape">What its header says: 1 or 3 channels of eight bits, beside which there may be one of transparency.</param>
    /// <param name="pixels">Receives [height, width, channels] bytes.</param>
    /// <exception cref="InvalidDataException">The image is damaged; the message says how, in a word or two, or is empty.</exception>
    /// <exception cref="NotSupportedException">A pixel is not opaque.</exception>
    void Decode(ReadOnlySpan<byte> image, ImageShape shape, Span<byte> pixels);

    /// <summary>Encodes an image as PNG, without loss; equal images give equal bytes.</summary>
    /// <param name="shape">1 or 3 channels of eight bits.</param>
    /// <param name="pixels">[height, width, channels] bytes.</param>
    /// <returns>The whole file.</returns>
    byte[] Encode(ImageShape shape, ReadOnlySpan<byte> pixels);
}
