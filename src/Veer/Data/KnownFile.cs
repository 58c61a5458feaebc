namespace Veer.Data;

/// <summary>A published file.</summary>
/// <param name="Name">Its name on every mirror.</param>
/// <param name="Length">Bytes that the hash is of.</param>
/// <param name="Sha256">Its SHA-256 in lower case.</param>
internal sealed record KnownFile(string Name, long Length, string Sha256)
{
    /// <summary>Whether length and hash are those of what the file unpacks to (by gzip) and not of the file itself.</summary>
    public bool HashOfContent { get; init; }

    /// <summary>The folder that a .tar.gz unpacks to, if it is one; the archive itself is then not kept.</summary>
    public string? Unpacked { get; init; }
}
