namespace Veer.Formats;

/// <summary>Facts about the compression of gzip and zip.</summary>
internal static class Deflate
{
    /// <summary>No byte unpacks to more than this, so a larger claim is a lie.</summary>
    public const long MaxRatio = 1032;
}
