namespace Veer.Data;

/// <summary>What counts as an image by its name, and the order of names.</summary>
internal static class ImageNames
{
    /// <summary>Bytes that an image's file may have.</summary>
    public const int MostBytes = 1 << 28;

    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg"];

    // what archives of macOS and shelves of Synology put beside images: forks and previews of the same names
    private static readonly string[] Shadows = ["__MACOSX", "@eaDir"];

    /// <summary>Whether a name says that the file is a JPEG.</summary>
    public static bool IsJpeg(string name) => Path.GetExtension(name).ToLowerInvariant() is ".jpg" or ".jpeg";

    /// <summary>Whether a name says that the file is an image which can be read; hidden files are none.</summary>
    public static bool IsImage(string name) =>
        Extensions.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase) && !name.Split('/').Any(IsHidden);

    /// <summary>Whether a folder's or file's own name says that it is none of the user's.</summary>
    public static bool IsHidden(string part) => part.StartsWith('.') || Shadows.Contains(part);

    /// <summary>Names in ordinal order.</summary>
    public static string[] InOrder(IEnumerable<string> names, CancellationToken cancellation)
    {
        string[] sorted = [.. names];
        try
        {
            Array.Sort(sorted, (a, b) =>
            {
                cancellation.ThrowIfCancellationRequested();
                return string.CompareOrdinal(a, b);
            });
        }
        catch (InvalidOperationException e) when (e.InnerException is OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
        }
        return sorted;
    }

    /// <summary>
    /// Names of classes in the order of their labels: where all are whole numbers in the order of these, else in ordinal order.
    /// </summary>
    public static string[] OfClasses(IReadOnlyList<string> names)
    {
        if (!names.All(name => name.All(char.IsAsciiDigit))) return [.. names.Order(StringComparer.Ordinal)];
        // by value, however many digits there are
        return [.. names.OrderBy(name => name.TrimStart('0').Length).ThenBy(name => name.TrimStart('0'), StringComparer.Ordinal).ThenBy(name => name, StringComparer.Ordinal)];
    }
}
