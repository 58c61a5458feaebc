using System.Text.Json;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace Veer.Formats;

/// <summary>JSON that users bring: whatever is wrong with it, of whatever kind the parser's exception is, comes as one line.</summary>
internal static partial class JsonInput
{
    /// <summary>Bytes that a description written by hand may have.</summary>
    public const int MostBytes = 1 << 24;

    private static readonly (string Type, string Name)[] Kinds =
    [
        ("System.Collections", "list of such values"), (nameof(Factors), "list of whole numbers"),
        ("System.Int32", "whole number of 32 bits"), ("System.Int64", "whole number of 64 bits"), ("System.Double", "number"),
        ("System.Boolean", "true or false"), ("System.String", "text"),
    ];

    /// <summary>Parses a document and takes what is wanted from it.</summary>
    /// <param name="json">UTF-8, with or without a byte order mark.</param>
    /// <param name="place">For errors.</param>
    /// <param name="expected">What should stand there.</param>
    /// <param name="take">Looks at the document while it is there.</param>
    /// <param name="options">How it is parsed.</param>
    /// <param name="found">What a faulty one is called.</param>
    public static T Parse<T>(ReadOnlyMemory<byte> json, InputPlace place, string expected, Func<JsonElement, T> take, JsonDocumentOptions options = default, string? found = null) =>
        Guarded(json, place, expected, text =>
        {
            using var document = JsonDocument.Parse(text, options);
            return take(document.RootElement);
        }, found);

    /// <summary>Reads a file into an object; unknown keys and the like are as the options say.</summary>
    /// <param name="path">The file.</param>
    /// <param name="expected">What should stand there.</param>
    /// <param name="options">How it is read.</param>
    /// <param name="most">Bytes that it may have.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static T Deserialize<T>(string path, string expected, JsonSerializerOptions options, int most = MostBytes, CancellationToken cancellation = default)
    {
        var place = new InputPlace(path, "document");
        byte[] json = InputFile.Read(path, place, most, expected, cancellation);
        return Guarded(json, place, expected, text => JsonSerializer.Deserialize<T>(text.Span, options) ?? throw place.Fault("null", expected));
    }

    private static T Guarded<T>(ReadOnlyMemory<byte> json, InputPlace place, string expected, Func<ReadOnlyMemory<byte>, T> read, string? found = null)
    {
        if (json.Span is [0xEF, 0xBB, 0xBF, ..]) json = json[3..];
        if (!Utf8.IsValid(json.Span)) throw place.Fault("bytes that are no UTF-8", expected);
        try
        {
            return read(json);
        }
        catch (JsonException e)
        {
            // of a fault in the text itself the serializer tells where it stood, with the parser's exception inside
            throw e.Path is null || e.InnerException is JsonException
                ? place.Fault($"{found ?? "broken JSON"} ({Cause(e)})", expected)
                : new InputException(place.File, e.Path, Cause(e), expected);
        }
        // half of a surrogate pair, a number that is too large, a value of another kind, a key that is missing, a type with no such form
        catch (Exception e) when (e is InvalidOperationException or FormatException or KeyNotFoundException or OverflowException
            or ArgumentException or NotSupportedException)
        {
            throw place.Fault($"{found ?? "JSON that cannot be used"} ({Cause(e)})", expected);
        }
    }

    /// <summary>What the parser says, without the program's own types and what the field says already.</summary>
    private static string Cause(Exception e)
    {
        string text = Inner().Replace(e.Message.ReplaceLineEndings(" "), "");
        if (Missing().Match(text) is { Success: true } missing) return $"no {missing.Groups[1].Value}";
        if (text.Contains("allow null values", StringComparison.Ordinal)) return "null";
        if (!text.Contains("could not be converted to ", StringComparison.Ordinal)) return text;
        string? name = Kinds.FirstOrDefault(kind => text.Contains(kind.Type, StringComparison.Ordinal)).Name;
        // a record's constructor names the record in place of the value's own type
        if (name is null && Asked().Match(e.InnerException?.Message ?? "") is { Success: true } asked) name = asked.Groups[1].Value == "string" ? "text" : asked.Groups[1].Value;
        return $"a value that is no {name ?? "value of this field"}";
    }

    [GeneratedRegex(@" to any \.NET member.*| for type '[^']*'| Path: .*")]
    private static partial Regex Inner();

    [GeneratedRegex(@"missing required properties including: (.*?)\.?$")]
    private static partial Regex Missing();

    [GeneratedRegex("token type '.*' as an? (.+?)\\.")]
    private static partial Regex Asked();
}
