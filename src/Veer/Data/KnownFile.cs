namespace Veer.Data;

/// <summary>A published file.</summary>
/// <param name="Name">Its name here and on every mirror.</param>
/// <param name="Length">Bytes that the hash is of; about, where no source says them.</param>
/// <param name="Sha256">Its SHA-256 in lower case; null where none is known, and whoever fetches the file has to tell it.</param>
internal sealed record KnownFile(string Name, long Length, string? Sha256)
{
    /// <summary>Bytes that the hash may be of; more than <see cref="Length"/> where that is not known to the byte.</summary>
    public long Most { get; init; } = Length;

    /// <summary>Its path where it is published, seen from there, if that is not its name.</summary>
    public string? PublishedAs { get; init; }

    /// <summary>Whether length and hash are those of what the file unpacks to (by gzip) and not of the file itself.</summary>
    public bool HashOfContent { get; init; }

    /// <summary>The folder that a .tar.gz unpacks to, if it is one; the archive itself is then not kept.</summary>
    public string? Unpacked { get; init; }

    /// <summary>Where a home has it.</summary>
    public Uri At(string home) => new(new Uri(home), PublishedAs ?? Name);
}
