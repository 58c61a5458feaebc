using System.Text.Json;

namespace Veer.Cli;

/// <summary>How commands print JSON: snake_case, with every key there each time.</summary>
internal static class CommandJson
{
    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static string Write<T>(T document) => JsonSerializer.Serialize(document, Options);
}
