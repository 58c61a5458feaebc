using System.IO.Compression;

namespace Veer.Formats;

/// <summary>An open .npz archive whose arrays are read when they are asked for. Stored and deflated entries, checksums verified.</summary>
public sealed class NpzFile : IDisposable
{
    internal const string Extension = ".npy";
    private const string Expected = "a whole .npz archive of arrays";

    private readonly ZipInput zip;
    private readonly Dictionary<string, ZipArchiveEntry> entries = [];
    private readonly List<string> names = [];

    private NpzFile(ZipInput zip)
    {
        this.zip = zip;
        foreach (var entry in zip.Entries.Where(entry => entry.FullName.EndsWith(Extension, StringComparison.Ordinal)))
        {
            string name = entry.FullName[..^Extension.Length];
            if (!entries.TryAdd(name, entry)) throw new InputException(zip.Path, name, "two arrays of this name", "one");
            names.Add(name);
        }
    }

    /// <summary>The archive's file.</summary>
    public string Path => zip.Path;

    /// <summary>The arrays' names, in the archive's order.</summary>
    public IReadOnlyList<string> Names => names;

    /// <summary>Opens an archive and reads its list of arrays.</summary>
    /// <param name="path">The .npz.</param>
    /// <param name="cancellation">Ends this and every later reading from it.</param>
    /// <exception cref="InputException">There is no such file, or it is no whole zip.</exception>
    public static NpzFile Open(string path, CancellationToken cancellation = default) =>
        ZipInput.Open(path, Expected, cancellation).OrDispose(zip => new NpzFile(zip));

    /// <summary>Whether there is an array of this name.</summary>
    public bool Contains(string name) => entries.ContainsKey(name);

    /// <summary>Reads one array onto the CPU.</summary>
    /// <exception cref="InputException">There is no such array, or it is damaged, pickled, or of an unknown type.</exception>
    public Tensor Read(string name)
    {
        var entry = Entry(name);
        var place = new InputPlace(Path, name);
        try
        {
            using var scope = NewDisposeScope();
            using var stream = zip.Open(entry, place);
            var array = Npy.Read(stream, entry.Length, place);
            zip.Verify(entry, stream, place);
            return array.MoveToOuterDisposeScope();
        }
        catch (Exception e) when (ZipInput.IsDamage(e))
        {
            throw zip.Damaged(place);
        }
    }

    /// <summary>Starts to read one array piece by piece, in its file's order; the archive must stay open meanwhile.</summary>
    /// <exception cref="InputException">As for <see cref="Read"/>, and for an array in Fortran order.</exception>
    internal NpzArray Open(string name, ScalarType type) => NpzArray.Open(zip, Entry(name), new InputPlace(Path, name), type);

    /// <summary>Closes the archive; arrays that were read stay.</summary>
    public void Dispose() => zip.Dispose();

    private ZipArchiveEntry Entry(string name) => entries.TryGetValue(name, out var entry)
        ? entry
        : throw new InputException(Path, "arrays", names.Count == 0 ? "none" : string.Join(", ", names), $"one named {name}");
}
