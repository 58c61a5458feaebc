using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Veer.Formats;

/// <summary>One tensor of a safetensors file: its bytes stand at Begin to End, counted from the end of the header.</summary>
internal sealed record SafetensorsEntry(string Name, ScalarType Type, long[] Shape, long Begin, long End);

/// <summary>The header of a safetensors file: tensors in the order of their bytes, which they cover without gap or overlap.</summary>
internal sealed record SafetensorsHeader(IReadOnlyList<SafetensorsEntry> Entries, IReadOnlyDictionary<string, string> Metadata)
{
    private const string MetadataKey = "__metadata__", Expected = "one JSON object with a dtype, shape and data_offsets for each name";
    private const int MaxLength = 100_000_000;
    private const int Alignment = 8;

    private static readonly (string Name, ScalarType Type, int Size)[] Types =
    [
        ("F64", ScalarType.Float64, 8), ("I64", ScalarType.Int64, 8), ("F32", ScalarType.Float32, 4), ("I32", ScalarType.Int32, 4),
        ("F16", ScalarType.Float16, 2), ("BF16", ScalarType.BFloat16, 2), ("I16", ScalarType.Int16, 2),
        ("U8", ScalarType.Byte, 1), ("I8", ScalarType.Int8, 1), ("BOOL", ScalarType.Bool, 1),
    ];

    private static string Supported => string.Join(", ", Types.Select(type => type.Name));

    /// <summary>Reads and checks a header against the file's length; the stream then stands at the first tensor.</summary>
    public static SafetensorsHeader Read(Stream stream, string path)
    {
        var place = new InputPlace(path, "header");
        Span<byte> field = stackalloc byte[sizeof(ulong)];
        if (stream.Length < field.Length) throw place.Fault($"a file of {stream.Length} bytes", "a safetensors file");
        stream.ReadExactly(field);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(field);
        if (length > MaxLength) throw place.Fault($"a length of {length}", $"at most {MaxLength} (is this a safetensors file?)");
        long start = field.Length + (long)length;
        if (start > stream.Length) throw place.Fault($"a file of {stream.Length} bytes", $"at least {start}: the file is torn");
        var bytes = new byte[length];
        stream.ReadExactly(bytes);
        var header = JsonInput.Parse(bytes, place, Expected, json => Parse(json, path), new() { AllowDuplicateProperties = false }, "a faulty safetensors header");
        long end = header.Entries.Count == 0 ? 0 : header.Entries[^1].End;
        if (stream.Length != start + end)
            throw new InputException(path, "file", $"{stream.Length} bytes", $"{start + end}, as the header says: the file is torn");
        return header;
    }

    /// <summary>The header, its length in front, for tensors in this order; padded so that the first tensor is aligned.</summary>
    public static byte[] ToBytes(IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(MetadataKey);
                foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal)) json.WriteString(key, value);
                json.WriteEndObject();
            }
            long at = 0;
            foreach (var (name, tensor) in tensors)
            {
                if (name == MetadataKey) throw new ArgumentException($"{MetadataKey} is no name for a tensor", nameof(tensors));
                var type = Types.FirstOrDefault(type => type.Type == tensor.dtype);
                if (type.Name is null) throw new ArgumentException($"{name}: safetensors has no type {ElementType.NameOf(tensor.dtype)}", nameof(tensors));
                long end = at + tensor.numel() * type.Size;
                json.WriteStartObject(name);
                json.WriteString("dtype", type.Name);
                WriteNumbers(json, "shape", tensor.shape);
                WriteNumbers(json, "data_offsets", [at, end]);
                json.WriteEndObject();
                at = end;
            }
            json.WriteEndObject();
        }
        while (text.Length % Alignment != 0) text.WriteByte((byte)' ');
        var bytes = new byte[sizeof(ulong) + text.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)text.Length);
        text.ToArray().CopyTo(bytes, sizeof(ulong));
        return bytes;
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, long[] numbers)
    {
        json.WriteStartArray(name);
        foreach (long number in numbers) json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    private static SafetensorsHeader Parse(JsonElement json, string path)
    {
        var tensors = new List<SafetensorsEntry>();
        var metadata = new Dictionary<string, string>();
        foreach (var entry in json.EnumerateObject())
        {
            if (entry.NameEquals(MetadataKey))
                foreach (var text in entry.Value.EnumerateObject()) metadata.Add(text.Name, text.Value.GetString() ?? "");
            else
                tensors.Add(ParseEntry(entry, path));
        }
        return new SafetensorsHeader(InOrder(tensors, path), metadata);
    }

    private static SafetensorsEntry ParseEntry(JsonProperty property, string path)
    {
        var place = new InputPlace(path, property.Name);
        string? name = property.Value.GetProperty("dtype").GetString();
        var type = Types.FirstOrDefault(type => type.Name == name);
        if (type.Name is null) throw place.Fault($"dtype {name}", $"one of {Supported}");
        long[] shape = Numbers(property.Value.GetProperty("shape"));
        long[] range = Numbers(property.Value.GetProperty("data_offsets"));
        if (shape.Any(side => side < 0) || !TensorBytes.TryLength(shape, type.Size, out long length))
            throw place.Fault($"shape [{string.Join(", ", shape)}]", "sides of at least 0 whose product fits 63 bits");
        if (range.Length != 2 || range[0] < 0 || range[1] < range[0])
            throw place.Fault($"data_offsets [{string.Join(", ", range)}]", "a begin and an end");
        if (range[1] - range[0] != length)
            throw place.Fault($"{range[1] - range[0]} bytes", $"{length}: {name} of shape [{string.Join(", ", shape)}]");
        return new SafetensorsEntry(property.Name, type.Type, shape, range[0], range[1]);
    }

    private static SafetensorsEntry[] InOrder(IEnumerable<SafetensorsEntry> entries, string path)
    {
        SafetensorsEntry[] order = [.. entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End)];
        long at = 0;
        foreach (var entry in order)
        {
            if (entry.Begin != at)
                throw new InputException(path, entry.Name, $"data_offsets from {entry.Begin}", $"{at}: no overlap and no gap");
            at = entry.End;
        }
        return order;
    }

    private static long[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(number => number.GetInt64())];
}
