using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Veer.Formats;
using Veer.Networks;

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
        CheckRanges(settings!, file, prefix);
        return settings;
    }

    /// <summary>The fault of a value that should be a mapping.</summary>
    public static InputException NoMapping(string file, string key, JsonNode? found) => new(file, key, Shown(found), "a mapping of keys to values");

    /// <summary>The keys of settings of a type.</summary>
    public static IEnumerable<string> KeysOf(Type type) => Properties(type).Select(KeyOf);

    private static string KeyOf(PropertyInfo property) => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);

    private static bool IsRecord(Type type) => type.IsClass && type != typeof(string) && !typeof(IEnumerable).IsAssignableFrom(type);

    /// <summary>The type of the settings that a mapping of names holds; null for any other type.</summary>
    private static Type? NamedSettings(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>) && IsRecord(type.GetGenericArguments()[1])
            ? type.GetGenericArguments()[1] : null;

    private static PropertyInfo[] Properties(Type type) =>
        [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite && p.GetCustomAttribute<JsonExtensionDataAttribute>() is null)];

    private static void RejectUnknownKeys(JsonObject tree, Type type, string file, string prefix)
    {
        var known = Properties(type).ToDictionary(KeyOf);
        foreach (var (key, value) in tree)
        {
            if (!known.TryGetValue(key, out var property))
            {
                string[] further = type == typeof(GuidanceSettings) ? [.. GuidanceOptions.Keys(tree, prefix == "guidance.")]
                    : type == typeof(StudySettings) ? [.. Variants.Singulars] : [];
                if (type == typeof(GuidanceSettings) && further.Contains(key)) continue;
                throw new InputException(file, prefix + key, "an unknown key", $"one of {string.Join(", ", known.Keys.Concat(further))}");
            }
            var named = NamedSettings(property.PropertyType);
            if ((!IsRecord(property.PropertyType) && named is null) || value is null) continue;
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

    private static void CheckRanges(object settings, string file, string prefix)
    {
        foreach (var property in Properties(settings.GetType()))
        {
            object? value = property.GetValue(settings);
            string key = prefix + KeyOf(property);
            if (value is null) continue;
            if (value is IEnumerable<string?> texts && texts.Contains(null)) throw new InputException(file, key, "a text that is nothing", Expected(property.PropertyType));
            if (value is IDictionary map)
                foreach (DictionaryEntry entry in map)
                    if (entry.Value is null) throw new InputException(file, $"{key}.{entry.Key}", "nothing", "a value, or no such key");
            foreach (var rule in property.GetCustomAttributes<ValidationAttribute>())
            {
                if (!rule.IsValid(value)) throw new InputException(file, key, Shown(value), Allowed(rule));
            }
            if (IsRecord(property.PropertyType)) CheckRanges(value, file, key + ".");
            if (NamedSettings(property.PropertyType) is null) continue;
            foreach (DictionaryEntry variant in (IDictionary)value) CheckRanges(variant.Value!, file, $"{key}.{variant.Key}.");
        }
        if (settings is not IValidatableObject whole || whole.Validate(new(settings)).FirstOrDefault() is not { } fault) return;
        var named = Properties(settings.GetType()).First(property => fault.MemberNames.Contains(property.Name));
        throw new InputException(file, prefix + KeyOf(named), Shown(named.GetValue(settings)), fault.ErrorMessage!);
    }

    /// <summary>What a rule allows, to follow "expected".</summary>
    public static string Allowed(ValidationAttribute rule) => rule switch
    {
        RangeAttribute { Maximum: int.MaxValue } range => $"at least {range.Minimum}",
        RangeAttribute range => string.Create(CultureInfo.InvariantCulture, $"{range.Minimum} to {range.Maximum}"),
        AllowedValuesAttribute values => $"one of {string.Join(", ", values.Values)}",
        INamesAllowed names => $"one of {string.Join(", ", names.Names)}",
        EachRangeAttribute each => $"numbers from {each.Minimum} to {each.Maximum}",
        MinLengthAttribute { Length: 1 } => "at least 1 value",
        MinLengthAttribute length => $"at least {length.Length} values",
        _ => rule.FormatErrorMessage("value"),
    };

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
            type = NamedSettings(type) ?? Properties(type).FirstOrDefault(p => KeyOf(p) == part)?.PropertyType ?? type;
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
        return IsRecord(type) ? "a mapping of keys to values" : "a list of numbers";
    }

    private static string Shown(object? value) => value switch
    {
        null => "nothing",
        JsonNode node => node.ToJsonString(),
        double number => number.ToString(CultureInfo.InvariantCulture),
        string text => $"'{text}'",
        ICollection { Count: 1 } => "1 value",
        ICollection list => $"{list.Count} values",
        _ => $"{value}",
    };
}
