namespace Veer.Data;

/// <summary>What counts as an image by its name.</summary>
internal static class ImageNames
{
    /// <summary>Bytes that an image's file may have.</summary>
    public const int MostBytes = 1 << 28;

    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg"];

    /// <summary>Whether a name says that the file is a JPEG.</summary>
    public static bool IsJpeg(string name) => Path.GetExtension(name).ToLowerInvariant() is ".jpg" or ".jpeg";

    /// <summary>Whether a name says that the file is an image which can be read; hidden files are none.</summary>
    public static bool IsImage(string name) =>
        !name.StartsWith('.') && !name.Contains("/.", StringComparison.Ordinal)
        && Extensions.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase);
}
