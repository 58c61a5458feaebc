namespace Veer.Formats;

/// <summary>
/// Named tensors in the safetensors format: a length, a JSON header, raw little-endian bytes (the format's public specification).
/// float16 to float64, bfloat16, int8 to int64, uint8 and bool.
/// </summary>
public static class Safetensors
{
    /// <summary>Writes tensors, atomically. Equal tensors and metadata give equal bytes.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="tensors">Tensors on any device; in C order, the widest types first (so that each is aligned), then by name.</param>
    /// <param name="metadata">Texts to keep beside them.</param>
    /// <exception cref="ArgumentException">A name is reserved, or the format has no such element type.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var order = tensors.OrderByDescending(pair => pair.Value.element_size()).ThenBy(pair => pair.Key, StringComparer.Ordinal).ToArray();
        byte[] header = SafetensorsHeader.ToBytes(order, metadata);
        AtomicFile.Write(path, stream =>
        {
            stream.Write(header);
            foreach (var (_, tensor) in order) TensorBytes.Write(stream, tensor);
        });
    }

    /// <summary>Reads a whole file. Header and length are checked before any memory is taken.</summary>
    /// <param name="path">The file.</param>
    /// <param name="device">Where the tensors go; the CPU if not said.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="InputException">There is no such file, it is torn, or its header is wrong.</exception>
    public static SafetensorsFile Read(string path, Device? device = null, CancellationToken cancellation = default)
    {
        using var file = SafetensorsInput.Open(path, cancellation);
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor>();
        foreach (string name in file.Names)
        {
            var tensor = file.Read(name);
            tensors.Add(name, tensor);
            if (device is null || device.type == TorchSharp.DeviceType.CPU) continue;
            tensors[name] = tensor.to(device);
            tensor.Dispose();
        }
        foreach (var tensor in tensors.Values) tensor.MoveToOuterDisposeScope();
        return new SafetensorsFile(tensors, file.Metadata);
    }
}

/// <summary>What a safetensors file holds.</summary>
/// <param name="Tensors">By name; they belong to the dispose scope that was open during the reading.</param>
/// <param name="Metadata">Texts by name; empty where the file has none.</param>
public sealed record SafetensorsFile(IReadOnlyDictionary<string, Tensor> Tensors, IReadOnlyDictionary<string, string> Metadata);
