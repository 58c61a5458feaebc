using System.IO.Compression;
using static TorchSharp.torch;

namespace Veer.Formats;

/// <summary>An open .npz archive whose arrays are read when they are asked for. Stored and deflated entries, checksums verified.</summary>
public sealed class NpzFile : IDisposable
{
    internal const string Extension = ".npy";
    private const string Expected = "a whole .npz archive of arrays";

    // deflate cannot pack more than this into one byte, so a larger claim is a lie
    private const long MaxRatio = 1032;

    private readonly ZipArchive zip;
    private readonly long length;
    private readonly Dictionary<string, ZipArchiveEntry> entries = [];
    private readonly List<string> names = [];

    private NpzFile(string path, ZipArchive zip, long length)
    {
        (Path, this.zip, this.length) = (path, zip, length);
        foreach (var entry in zip.Entries.Where(entry => entry.FullName.EndsWith(Extension, StringComparison.Ordinal)))
        {
            string name = entry.FullName[..^Extension.Length];
            if (!entries.TryAdd(name, entry)) throw new InputException(path, name, "two arrays of this name", "one");
            names.Add(name);
        }
    }

    /// <summary>The archive's file.</summary>
    public string Path { get; }

    /// <summary>The arrays' names, in the archive's order.</summary>
    public IReadOnlyList<string> Names => names;

    /// <summary>Opens an archive and reads its list of arrays.</summary>
    /// <exception cref="InputException">There is no such file, or it is no whole zip.</exception>
    public static NpzFile Open(string path)
    {
        var stream = InputFile.Open(path, Expected);
        try
        {
            return new NpzFile(path, new ZipArchive(stream, ZipArchiveMode.Read), stream.Length);
        }
        catch (Exception e) when (IsDamage(e))
        {
            stream.Dispose();
            throw new InputException(path, "file", "no zip, or one cut short", Expected);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Whether there is an array of this name.</summary>
    public bool Contains(string name) => entries.ContainsKey(name);

    /// <summary>Reads one array onto the CPU.</summary>
    /// <exception cref="InputException">There is no such array, or it is damaged, pickled, or of an unknown type.</exception>
    public Tensor Read(string name)
    {
        if (!entries.TryGetValue(name, out var entry))
            throw new InputException(Path, "arrays", names.Count == 0 ? "none" : string.Join(", ", names), $"one named {name}");
        var place = new InputPlace(Path, name);
        if (entry.CompressedLength > length || entry.Length / MaxRatio > entry.CompressedLength)
            throw place.Fault($"{entry.CompressedLength} packed bytes for {entry.Length}", "an entry that fits its file");
        try
        {
            using var scope = NewDisposeScope();
            using var stream = new Crc32Stream(entry.Open());
            var array = Npy.Read(stream, entry.Length, place);
            if (stream.Checksum != entry.Crc32) throw place.Fault("a wrong checksum", Expected);
            return array.MoveToOuterDisposeScope();
        }
        catch (Exception e) when (IsDamage(e))
        {
            throw place.Fault("a damaged entry", Expected);
        }
    }

    /// <summary>Closes the archive; arrays that were read stay.</summary>
    public void Dispose() => zip.Dispose();

    private static bool IsDamage(Exception e) => e is InvalidDataException or EndOfStreamException;
}
