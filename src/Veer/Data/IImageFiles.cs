using System.IO.Compression;
using Veer.Formats;

namespace Veer.Data;

/// <summary>Encoded images by name, in a folder or in a zip. Names are relative, with forward slashes.</summary>
internal interface IImageFiles : IDisposable
{
    /// <summary>The images' names, PNG and JPEG, in ordinal order.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>Whether there is a file of this name.</summary>
    bool Contains(string name);

    /// <summary>All bytes of a file.</summary>
    byte[] Read(string name);
}

/// <summary>What counts as an image by its name.</summary>
internal static class ImageNames
{
    /// <summary>Bytes that an image's file may have.</summary>
    public const int MostBytes = 1 << 28;

    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg"];

    /// <summary>Whether a name says that the file is an image which can be read; hidden files are none.</summary>
    public static bool IsImage(string name) =>
        !name.StartsWith('.') && !name.Contains("/.", StringComparison.Ordinal) && Extensions.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase);
}

/// <summary>Images in a folder and the folders below it.</summary>
internal sealed class FolderImages : IImageFiles
{
    private readonly string root;

    public FolderImages(string root)
    {
        this.root = root;
        Names = [.. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(root, file).Replace(Path.DirectorySeparatorChar, '/'))
            .Where(ImageNames.IsImage).Order(StringComparer.Ordinal)];
    }

    public IReadOnlyList<string> Names { get; }

    public bool Contains(string name) => File.Exists(Path.Combine(root, name));

    public byte[] Read(string name)
    {
        using var stream = InputFile.Open(Path.Combine(root, name), "a file of a data set");
        if (stream.Length > ImageNames.MostBytes) throw new InputException(root, name, $"{stream.Length} bytes", $"at most {ImageNames.MostBytes}");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    public void Dispose()
    {
    }
}

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
