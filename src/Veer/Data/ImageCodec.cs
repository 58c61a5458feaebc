using Veer.Formats;

namespace Veer.Data;

/// <summary>What the process decodes PNG and JPEG and encodes PNG with; nothing until a program says so.</summary>
public static class ImageCodec
{
    private static volatile IImageCodec? used;

    /// <summary>Decodes PNG and JPEG by a codec from now on, whatever did before.</summary>
    /// <param name="codec">Such as that of the package Veer.Images, which its <c>SkiaImages.Use()</c> names here.</param>
    public static void Use(IImageCodec codec)
    {
        ArgumentNullException.ThrowIfNull(codec);
        used = codec;
    }

    /// <summary>The codec.</summary>
    /// <param name="place">The image that needs one, for the error.</param>
    /// <exception cref="InputException">There is none.</exception>
    internal static IImageCodec Require(InputPlace place) => used
        ?? throw place.Fault("a PNG or JPEG, and nothing that decodes or encodes it", "the package Veer.Images and a call of SkiaImages.Use() when the program starts");

    /// <summary>Decodes an image.</summary>
    /// <exception cref="InputException">It is damaged or transparent somewhere, or there is no codec.</exception>
    internal static void Decode(ReadOnlySpan<byte> image, ImageShape shape, Span<byte> pixels, InputPlace place)
    {
        try
        {
            Require(place).Decode(image, shape, pixels);
        }
        catch (InvalidDataException fault)
        {
            throw place.Fault($"a damaged image{(fault.Message.Length > 0 ? $" ({fault.Message})" : "")}", "a whole PNG or JPEG");
        }
        catch (NotSupportedException)
        {
            throw place.Fault("a PNG with transparency", "one that is opaque everywhere");
        }
    }
}
