using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Veer.Studies.Settings;

/// <summary>YAML as the tree of JSON values that settings are bound from.</summary>
internal static class YamlTree
{
    // Far above any study's own: aliases within aliases make a small file endless.
    private const int MaxDepth = 16, MaxValues = 10_000;

    /// <summary>The one document of a text; null where it is empty.</summary>
    /// <exception cref="YamlException">The text is no YAML, or no tree of values.</exception>
    public static JsonNode? Read(TextReader text)
    {
        string whole = text.ReadToEnd();
        var yaml = new YamlStream();
        var parser = new Parser(new StringReader(whole));
        try
        {
            Check(parser);
            yaml.Load(parser = new Parser(new StringReader(whole)));
        }
        catch (Exception fault) when (fault is InvalidOperationException or ArgumentException)
        {
            // the parser's own checks of itself, which some broken texts fail
            var place = parser.Current?.End ?? Mark.Empty;
            throw new YamlException(place, place, fault.Message, fault);
        }
        if (yaml.Documents.Count == 0) return null;
        var root = yaml.Documents[^1].RootNode;
        if (yaml.Documents.Count > 1) throw Fault(root, "a second document");
        int values = 0;
        return ToJson(root, 0, ref values);
    }

    /// <summary>Puts changes over a tree: mappings key by key, everything else whole.</summary>
    public static void Merge(JsonObject onto, JsonObject changes)
    {
        foreach (var (key, value) in changes)
        {
            if (value is JsonObject inner && onto[key] is JsonObject outer) Merge(outer, inner);
            else onto[key] = value?.DeepClone();
        }
    }

    /// <summary>Refuses what would overflow the stack before any tree is made: deep nesting, and keys that are lists or mappings, which may hold themselves.</summary>
    private static void Check(Parser parser)
    {
        // of every open list and mapping: how many nodes it has so far; of lists nothing
        var open = new Stack<int?>();
        while (parser.MoveNext())
        {
            if (parser.Current is MappingEnd or SequenceEnd) open.Pop();
            if (parser.Current is not NodeEvent node) continue;
            if (open.TryPop(out int? nodes))
            {
                if (nodes is { } count && count % 2 == 0 && node is not Scalar) throw new YamlException(node.Start, node.End, "a key that is no text");
                open.Push(nodes + 1);
            }
            if (node is MappingStart or SequenceStart) open.Push(node is MappingStart ? 0 : null);
            if (open.Count > MaxDepth) throw new YamlException(node.Start, node.End, $"more than {MaxDepth} levels");
        }
    }

    private static JsonNode? ToJson(YamlNode node, int depth, ref int values)
    {
        if (depth > MaxDepth || ++values > MaxValues) throw Fault(node, $"more than {MaxDepth} levels or {MaxValues} values");
        switch (node)
        {
            case YamlMappingNode map:
                var json = new JsonObject();
                foreach (var (key, value) in map.Children)
                {
                    if (key is not YamlScalarNode { Value: { } name }) throw Fault(key, "a key that is no text");
                    if (!json.TryAdd(name, ToJson(value, depth + 1, ref values))) throw Fault(key, $"the key '{name}' a second time");
                }
                return json;
            case YamlSequenceNode list:
                var items = new JsonArray();
                foreach (var item in list.Children) items.Add(ToJson(item, depth + 1, ref values));
                return items;
            case YamlScalarNode { Style: ScalarStyle.Plain or ScalarStyle.Any } scalar:
                return Plain(scalar.Value);
            case YamlScalarNode quoted:
                return quoted.Value;
            default:
                throw Fault(node, $"a {node.NodeType}");
        }
    }

    private static JsonNode? Plain(string? text)
    {
        if (string.IsNullOrEmpty(text) || text is "null" or "~") return null;
        if (text is "true" or "false") return text == "true";
        string digits = text.Replace("_", "", StringComparison.Ordinal);
        if (long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole)) return whole;
        if (double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)) return number;
        return text;
    }

    private static YamlException Fault(YamlNode node, string found) => new(node.Start, node.End, found);
}
