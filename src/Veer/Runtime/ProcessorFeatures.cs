
namespace Veer.Runtime;

/// <summary>Name and vector instructions of the processor, as Linux lists them in /proc/cpuinfo.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Instructions">Those of AVX2, AVX-512, AVX512-BF16 and AMX-BF16 that it has.</param>
internal sealed record ProcessorFeatures(string Model, IReadOnlyList<string> Instructions)
{
    private static readonly (string Flag, string Name)[] Known =
        [("avx2", "AVX2"), ("avx512f", "AVX-512"), ("avx512_bf16", "AVX512-BF16"), ("amx_bf16", "AMX-BF16")];

    /// <summary>Whether bfloat16 products run in hardware.</summary>
    public bool HasBFloat16 => Instructions.Any(name => name.EndsWith("BF16", StringComparison.Ordinal));

    /// <summary>Reads the text of /proc/cpuinfo.</summary>
    public static ProcessorFeatures Parse(string processorInfo)
    {
        var flags = Field(processorInfo, "flags").Split(' ').ToHashSet();
        string model = Field(processorInfo, "model name");
        return new(model.Length > 0 ? model : "unknown", [.. Known.Where(known => flags.Contains(known.Flag)).Select(known => known.Name)]);
    }

    private static string Field(string text, string name)
    {
        string? line = text.Split('\n').FirstOrDefault(line => line.Split(':')[0].TrimEnd() == name);
        return line is null ? "" : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
