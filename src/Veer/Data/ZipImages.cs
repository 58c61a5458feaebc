using System.IO.Compression;
using Veer.Formats;

namespace Veer.Data;

/// <summary>Images in a zip.</summary>
internal sealed class ZipImages : IImageFiles
{
    private readonly ZipInput zip;
    private readonly Dictionary<string, ZipArchiveEntry> entries = new(StringComparer.Ordinal);

    /// <summary>Reads the zip's directory; every name in it must stay inside the zip.</summary>
    public ZipImages(string path)
    {
        zip = ZipInput.Open(path, "a whole zip of PNG or JPEG images");
        try
        {
            foreach (var entry in zip.Entries)
            {
                EntryName.Check(path, entry.FullName);
                if (!entries.TryAdd(entry.FullName, entry)) throw new InputException(path, entry.FullName, "two files of this name", "one");
            }
        }
        catch
        {
            zip.Dispose();
            throw;
        }
        Names = [.. entries.Keys.Where(ImageNames.IsImage).Order(StringComparer.Ordinal)];
    }

    public IReadOnlyList<string> Names { get; }

    public bool Contains(string name) => entries.ContainsKey(name);

    public byte[] Read(string name) => zip.Read(
        entries.TryGetValue(name, out var entry) ? entry : throw new InputException(zip.Path, name, "no such file", "the images that were there at first"),
        ImageNames.MostBytes);

    public void Dispose() => zip.Dispose();
}
