using System.Text.Json;
using static TorchSharp.torch;

namespace Veer.Tests;

/// <summary>Reads the golden numbers that the tests carry (safetensors with F32, F64 and I64 tensors; JSON).</summary>
internal static class GoldenFile
{
    public static string Path(string name) => System.IO.Path.Combine(AppContext.BaseDirectory, "Golden", name);

    public static JsonElement Json(string name) => JsonDocument.Parse(File.ReadAllText(Path(name))).RootElement;

    // A reader of its own, so that a fault in the library's reader cannot hide behind itself.
    public static Dictionary<string, Tensor> Load(string name)
    {
        byte[] file = File.ReadAllBytes(Path(name));
        int header = (int)BitConverter.ToInt64(file, 0);
        using var entries = JsonDocument.Parse(file.AsMemory(8, header));
        var tensors = new Dictionary<string, Tensor>();
        foreach (var entry in entries.RootElement.EnumerateObject())
        {
            long[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(side => side.GetInt64())];
            int[] range = [.. entry.Value.GetProperty("data_offsets").EnumerateArray().Select(at => at.GetInt32())];
            var type = entry.Value.GetProperty("dtype").GetString() switch
            {
                "F32" => ScalarType.Float32,
                "F64" => ScalarType.Float64,
                "I64" => ScalarType.Int64,
                var other => throw new InvalidDataException($"{name}: {entry.Name}: type {other}"),
            };
            // kept in static fields, which may be first touched inside a test's dispose scope
            var values = zeros(shape, type).DetachFromDisposeScope();
            if (range[1] > range[0]) values.bytes = file.AsSpan(8 + header + range[0], range[1] - range[0]);
            tensors.Add(entry.Name, values);
        }
        return tensors;
    }
}
