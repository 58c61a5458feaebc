using Veer.Formats;

namespace Veer.Data;

/// <summary>Samples as PNG files, in a zip or a folder.</summary>
/// <param name="Names">The images' names in their order; all end in .png.</param>
/// <param name="Described">Whether a dataset.json lies beside them.</param>
internal sealed record EncodedLayout(IReadOnlyList<string> Names, bool Described) : ISampleLayout
{
    private const string Ending = ".png";

    // images in a folder, as EDM's dataset tool packs them
    private const int FolderSize = 1000;

    /// <summary>With dataset.json, which keeps labels and order.</summary>
    public static EncodedLayout Standard(Samples samples) =>
        new([.. Enumerable.Range(0, (int)samples.Data.Count).Select(i => FormattableString.Invariant($"{i / FolderSize:d5}/img{i:d8}{Ending}"))], Described: true);

    /// <summary>As a set was read: under its images' names, what was JPEG being PNG, if these then keep the order.</summary>
    public static EncodedLayout From(EncodedImageSet set, Samples samples)
    {
        string[] names = [.. set.Names.Select(name => System.IO.Path.ChangeExtension(name, Ending))];
        bool ordered = !names.Skip(1).Where((name, i) => string.CompareOrdinal(names[i], name) >= 0).Any();
        if (!ordered && set.ClassNames is not null) names = [.. set.Names.Select((name, i) => FormattableString.Invariant($"{name[..name.IndexOf('/', StringComparison.Ordinal)]}/img{i:d8}{Ending}"))];
        return ordered || set.ClassNames is not null ? new(names, set.Described) : Standard(samples) with { Described = set.Described };
    }

    public void Check(string path, Samples samples)
    {
        var place = new InputPlace(path, "samples");
        if (!samples.IsImages) throw place.Fault($"vectors (of {samples.Path})", "images, or another ending: .npz, .npy, .safetensors, .csv");
        _ = ImageCodec.Require(place);
        if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any()) throw new InputException(path, "folder", "one with files in it", "a new one");
        if (!IsZip(path) && File.Exists(path)) throw new InputException(path, "folder", "a file of this name", "a new folder");
    }

    public void Write(string path, Samples samples, Tensor points)
    {
        if (IsZip(path))
        {
            ZipOutput.Write(path, Files(path, samples, points).Select(file => (file.Name, (Action<Stream>)(stream => stream.Write(file.Content)))));
            return;
        }
        AtomicFolder.Write(path, folder =>
        {
            foreach (var (name, content) in Files(path, samples, points))
            {
                string file = System.IO.Path.Combine(folder, name);
                Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
                File.WriteAllBytes(file, content);
            }
        });
    }

    private IEnumerable<(string Name, byte[] Content)> Files(string path, Samples samples, Tensor points)
    {
        var codec = ImageCodec.Require(new InputPlace(path, "samples"));
        var shape = new ImageShape((int)points.shape[1], (int)points.shape[2], (int)points.shape[3]);
        foreach (var (i, pixels) in ImageBytes.Rows(points).Index()) yield return (Names[i], codec.Encode(shape, pixels));
        if (Described) yield return (DatasetJson.Name, DatasetJson.ToBytes(Names, samples.Labelled ? samples.Data.Labels.data<long>().ToArray() : null));
    }

    private static bool IsZip(string path) => path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase);
}
