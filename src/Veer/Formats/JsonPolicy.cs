using System.Text.Json;
using System.Text.Json.Serialization;

namespace Veer.Formats;

/// <summary>How everything that this product writes as JSON is written.</summary>
public static class JsonPolicy
{
    /// <summary>snake_case, indented; unknown keys, and null where a value must stand, are refused.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
    };
}
