using Veer.Formats;

namespace Veer.Data;

/// <summary>Images in a folder and the folders below it.</summary>
internal sealed class FolderImages(string root, CancellationToken cancellation) : IImageFiles
{
    // a reader, which knows the names, need not list the folder again
    private readonly Lazy<IReadOnlyList<string>> names = new(
        () => ImageNames.InOrder(FolderTree.Files(root, cancellation).Where(ImageNames.IsImage), cancellation));

    public IReadOnlyList<string> Names => names.Value;

    public bool Contains(string name) => File.Exists(Path.Combine(root, name));

    public byte[] Read(string name) => InputFile.Read(
        Path.Combine(root, name), new InputPlace(root, name), ImageNames.MostBytes, "a file of a data set", cancellation);

    public void Dispose()
    {
    }
}
