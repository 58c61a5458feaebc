using Veer.Formats;

namespace Veer.Data;

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
