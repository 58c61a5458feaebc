namespace Veer.Formats;

/// <summary>An open safetensors file whose tensors are read when they are asked for. Header and length are checked when it is opened.</summary>
internal sealed class SafetensorsInput : IDisposable
{
    private readonly InputStream stream;
    private readonly Dictionary<string, SafetensorsEntry> entries;
    private readonly long start;
    private readonly string path;

    private SafetensorsInput(InputStream stream, string path)
    {
        (this.stream, this.path) = (stream, path);
        var header = SafetensorsHeader.Read(stream, path);
        start = stream.Position;
        entries = header.Entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        (Names, Metadata) = ([.. header.Entries.Select(entry => entry.Name)], header.Metadata);
    }

    /// <summary>The tensors' names, in the order of their bytes.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Texts by name; empty where the file has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file and reads its header.</summary>
    /// <exception cref="InputException">There is no such file, it is torn, or its header is wrong.</exception>
    public static SafetensorsInput Open(string path, CancellationToken cancellation) =>
        InputFile.Open(path, "a safetensors file", cancellation).OrDispose(stream => new SafetensorsInput(stream, path));

    /// <summary>Reads one of the tensors onto the CPU.</summary>
    public Tensor Read(string name)
    {
        var entry = entries[name];
        stream.Position = start + entry.Begin;
        try
        {
            return TensorBytes.Read(stream, entry.Shape, entry.Type);
        }
        catch (EndOfStreamException)
        {
            throw new InputException(path, name, "a file that breaks off", "a safetensors file");
        }
    }

    /// <summary>Closes the file; tensors that were read stay.</summary>
    public void Dispose() => stream.Dispose();
}
