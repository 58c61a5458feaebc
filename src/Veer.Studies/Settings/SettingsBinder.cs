using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Veer.Formats;

namespace Veer.Studies.Settings;

/// <summary>Turns a tree of values into typed settings; every fault is one line that names the key and what is allowed.</summary>
internal static class SettingsBinder
{
    /// <summary>Binds a whole tree to T and checks every range.</summary>
    /// <param name="tree">The values.</param>
    /// <param name="file">Where they come from.</param>
    /// <param name="prefix">What stands before every key in a fault, as "denoiser.".</param>
    public static T Bind<T>(JsonObject tree, string file, string prefix = "") => (T)Bind(typeof(T), tree, file, prefix);

    /// <summary>Binds a whole tree to a type and checks every range.</summary>
    public static object Bind(Type type, JsonObject tree, string file, string prefix)
    {
        RejectUnknownKeys(tree, type, file, prefix);
        object settings;
        try
        {
            settings = tree.Deserialize(type, JsonPolicy.Options)!;
        }
        catch (JsonException fault)
        {
            string path = (fault.Path ?? "$").TrimStart('$', '.');
            throw path.Length == 0
                ? new InputException($"{file}: {fault.Message.Split('\n')[0]}")
                : new InputException(file, prefix + path, Shown(Find(tree, path)), Expected(type, path));
        }
        SettingRanges.Require(settings!, file, prefix);
        return settings;
    }

    /// <summary>The fault of a value that should be a mapping.</summary>
    public static InputException NoMapping(string file, string key, JsonNode? found) => new(file, key, Shown(found), "a mapping of keys to values");

    /// <summary>The keys of settings of a type.</summary>
    public static IEnumerable<string> KeysOf(Type type) => SettingRanges.Properties(type).Select(SettingRanges.KeyOf);

    private static void RejectUnknownKeys(JsonObject tree, Type type, string file, string prefix)
    {
        var known = SettingRanges.Properties(type).ToDictionary(SettingRanges.KeyOf);
        foreach (var (key, value) in tree)
        {
            if (!known.TryGetValue(key, out var property))
            {
                string[] further = type == typeof(GuidanceSettings) ? [.. GuidanceOptions.Keys(tree, prefix == "guidance.")]
                    : type == typeof(StudySettings) ? [.. Variants.Singulars] : [];
                if (type == typeof(GuidanceSettings) && further.Contains(key)) continue;
                throw new InputException(file, prefix + key, "an unknown key", $"one of {string.Join(", ", known.Keys.Concat(further))}");
            }
            var named = SettingRanges.NamedSettings(property.PropertyType);
            if ((!SettingRanges.IsRecord(property.PropertyType) && named is null) || value is null) continue;
            if (value is not JsonObject inner) throw NoMapping(file, prefix + key, value);
            if (named is null) RejectUnknownKeys(inner, property.PropertyType, file, $"{prefix}{key}.");
            else
            {
                foreach (var (name, variant) in inner)
                    RejectUnknownKeys((JsonObject)variant!, named, file, $"{prefix}{key}.{name}.");
            }
        }
        foreach (var (key, property) in known)
        {
            if (IsRequired(property) && !tree.ContainsKey(key))
                throw new InputException(file, prefix + key, "no such key", Expected(property.PropertyType));
        }
    }

    private static bool IsRequired(PropertyInfo property) =>
        property.CustomAttributes.Any(attribute => attribute.AttributeType.Name == "RequiredMemberAttribute");

    private static JsonNode? Find(JsonNode? tree, string path)
    {
        foreach (string part in path.Split('.', '[', ']'))
        {
            if (part.Length == 0) continue;
            tree = tree is JsonArray list ? list[int.Parse(part, CultureInfo.InvariantCulture)] : tree?[part];
        }
        return tree;
    }

    private static string Expected(Type type, string path)
    {
        foreach (string part in path.Split('[')[0].Split('.'))
            type = SettingRanges.NamedSettings(type) ?? SettingRanges.Properties(type).FirstOrDefault(p => SettingRanges.KeyOf(p) == part)?.PropertyType ?? type;
        // one of a list
        return Expected(path.Contains('[', StringComparison.Ordinal) && type.IsGenericType ? type.GetGenericArguments()[0] : type);
    }

    private static string Expected(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(int) || type == typeof(long)) return "a whole number";
        if (type == typeof(double)) return "a number";
        if (type == typeof(bool)) return "true or false";
        if (type == typeof(string)) return "a text";
        if (typeof(IEnumerable<string>).IsAssignableFrom(type)) return "a list of texts";
        return SettingRanges.IsRecord(type) ? "a mapping of keys to values" : "a list of numbers";
    }

    private static string Shown(object? value) => value is JsonNode node ? node.ToJsonString() : SettingRanges.Shown(value);
}
