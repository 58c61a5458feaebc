using System.IO.Compression;
using Veer.Formats;

namespace Veer.Data;

/// <summary>Images in a zip. One that was packed with its outer folder is read as if that were not there.</summary>
internal sealed class ZipImages : IImageFiles
{
    private readonly ZipInput zip;
    private readonly Dictionary<string, ZipArchiveEntry> entries = new(StringComparer.Ordinal);
    private readonly string outer;

    /// <summary>Reads the zip's directory; every name in it must stay inside the zip.</summary>
    public ZipImages(string path, CancellationToken cancellation)
    {
        zip = ZipInput.Open(path, "a whole zip of PNG or JPEG images", cancellation);
        try
        {
            foreach (var entry in zip.Entries)
            {
                cancellation.ThrowIfCancellationRequested();
                string name = EntryName.Plain(entry.FullName);
                if (name.Length == 0 && entry.FullName.Length > 0) continue; // the root itself, "./"
                EntryName.Check(path, name);
                if (!entries.TryAdd(name, entry)) throw new InputException(path, name, "two files of this name", "one");
            }
            string[] images = ImageNames.InOrder(entries.Keys.Where(ImageNames.IsImage), cancellation);
            outer = Outer(images);
            Names = outer.Length == 0 ? images : [.. images.Select(name => name[outer.Length..])];
        }
        catch
        {
            zip.Dispose();
            throw;
        }
    }

    public IReadOnlyList<string> Names { get; }

    public bool Contains(string name) => entries.ContainsKey(outer + name);

    public byte[] Read(string name) => zip.Read(
        entries.TryGetValue(outer + name, out var entry)
            ? entry
            : throw new InputException(zip.Path, outer + name, "no such file", "the images that were there at first"),
        ImageNames.MostBytes);

    public void Dispose() => zip.Dispose();

    /// <summary>The folder that dataset.json lies in, with its slash: all images must be in it, for its names are seen from there.</summary>
    private string Outer(string[] images)
    {
        if (entries.ContainsKey(DatasetJson.Name)) return "";
        string[] found = [.. entries.Keys.Where(name => DatasetJson.IsBelow(name) && !name.Split('/').Any(ImageNames.IsHidden))];
        if (found.Length == 0) return "";
        string folder = found[0][..^DatasetJson.Name.Length];
        if (found.Length == 1 && images.All(name => name.StartsWith(folder, StringComparison.Ordinal))) return folder;
        throw DatasetJson.Misplaced(zip.Path, found[0]);
    }
}
