using Veer.Data;

namespace Veer.Images;

/// <summary>PNG and JPEG by SkiaSharp.</summary>
public static class SkiaImages
{
    /// <summary>Lets <see cref="ImageData"/> read PNG and JPEG. A program calls it once, when it starts.</summary>
    public static void Use() => ImageCodec.Use(new SkiaCodec());
}
