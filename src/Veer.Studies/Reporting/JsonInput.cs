using System.Globalization;
using System.Text.Json;
using Veer.Formats;

namespace Veer.Studies.Reporting;

/// <summary>A value of a JSON file in a run's folder, with its place: whatever is not as it should be is refused by file and field.</summary>
/// <param name="Path">The file.</param>
/// <param name="Field">Where in it: "rows[3].scale".</param>
/// <param name="Value">What stands there; undefined where nothing does.</param>
internal readonly record struct JsonInput(string Path, string Field, JsonElement Value)
{
    private const int LongestShown = 60;

    /// <summary>Reads a file through a function of its root.</summary>
    /// <param name="path">The file.</param>
    /// <param name="expected">What it should hold.</param>
    /// <param name="read">Makes of the root and the file's text what is wanted.</param>
    /// <exception cref="InputException">The file is no JSON, or the function refuses it.</exception>
    public static T Read<T>(string path, string expected, Func<JsonInput, string, T> read)
    {
        string json = File.ReadAllText(path);
        try
        {
            using var document = JsonDocument.Parse(json);
            return read(new(path, "", document.RootElement), json);
        }
        catch (JsonException fault)
        {
            throw new InputException(path, $"line {fault.LineNumber + 1}", "broken JSON", expected);
        }
        catch (InvalidOperationException)
        {
            // escapes such as \ud800 are JSON and no text
            throw new InputException(path, "document", "a text that is no Unicode", expected);
        }
    }

    /// <summary>A member of this object; where it has none, a value that is nothing.</summary>
    public JsonInput this[string name] => new(
        Path, Field.Length == 0 ? name : $"{Field}.{name}", Expect(JsonValueKind.Object, "an object").TryGetProperty(name, out var value) ? value : default);

    public bool IsMissing => Value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;

    /// <summary>The entries of this list.</summary>
    public IEnumerable<JsonInput> Items()
    {
        var (path, field) = (Path, Field);
        return Expect(JsonValueKind.Array, "a list").EnumerateArray().Select((value, index) => new JsonInput(path, string.Create(CultureInfo.InvariantCulture, $"{field}[{index}]"), value));
    }

    /// <summary>The members of this object by name.</summary>
    public IEnumerable<(string Name, JsonInput Value)> Members()
    {
        var whole = this;
        return Expect(JsonValueKind.Object, "an object").EnumerateObject().Select(member => (member.Name, whole[member.Name]));
    }

    /// <summary>A text, or a number as it is written.</summary>
    public string Text() => Value.ValueKind is JsonValueKind.String or JsonValueKind.Number ? Value.ToString() : throw Fault("a text");

    /// <summary>A number. JSON has no NaN: writers leave null or the name in quotation marks.</summary>
    public double Number() => Value.ValueKind switch
    {
        JsonValueKind.Number => Value.GetDouble(),
        JsonValueKind.Null => double.NaN,
        JsonValueKind.String when double.TryParse(Value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) => number,
        _ => throw Fault("a number"),
    };

    public InputException Fault(string expected)
    {
        string found = Value.ValueKind switch
        {
            JsonValueKind.Undefined => "nothing",
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "a list",
            JsonValueKind.String => $"\"{Value.GetString()}\"",
            _ => Value.GetRawText(),
        };
        return new(Path, Field.Length == 0 ? "document" : Field, found.Length > LongestShown ? $"{found[..LongestShown]}…" : found, expected);
    }

    private JsonElement Expect(JsonValueKind kind, string expected) => Value.ValueKind == kind ? Value : throw Fault(expected);
}
