using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Veer.Formats;

/// <summary>Settings against the ranges that stand at them, whether a file or a program gives them.</summary>
internal static class SettingRanges
{
    /// <summary>Refuses settings of which one is out of its range.</summary>
    /// <param name="settings">A record of settings; records within it are looked at too.</param>
    /// <param name="place">What they are, or the file that they come from.</param>
    /// <param name="prefix">What stands before every key in a fault, as "denoiser.".</param>
    /// <exception cref="InputException">One line that names the key, what was found and what is allowed.</exception>
    public static void Require(object settings, string place, string prefix = "")
    {
        foreach (var property in Properties(settings.GetType()))
        {
            object? value = property.GetValue(settings);
            string key = prefix + KeyOf(property);
            if (value is null) continue;
            if (value is IEnumerable<string?> texts && texts.Contains(null)) throw new InputException(place, key, "a text that is nothing", "a list of texts");
            if (value is IDictionary map)
                foreach (DictionaryEntry entry in map)
                    if (entry.Value is null) throw new InputException(place, $"{key}.{entry.Key}", "nothing", "a value, or no such key");
            foreach (var rule in property.GetCustomAttributes<ValidationAttribute>())
            {
                if (!rule.IsValid(value)) throw new InputException(place, key, Shown(value), Allowed(rule));
            }
            if (IsRecord(property.PropertyType)) Require(value, place, key + ".");
            if (NamedSettings(property.PropertyType) is null) continue;
            foreach (DictionaryEntry variant in (IDictionary)value) Require(variant.Value!, place, $"{key}.{variant.Key}.");
        }
        if (settings is not IValidatableObject whole || whole.Validate(new(settings)).FirstOrDefault() is not { } fault) return;
        var named = Properties(settings.GetType()).First(property => fault.MemberNames.Contains(property.Name));
        throw new InputException(place, prefix + KeyOf(named), Shown(named.GetValue(settings)), fault.ErrorMessage!);
    }

    /// <summary>What a rule allows, to follow "expected".</summary>
    public static string Allowed(ValidationAttribute rule) => rule switch
    {
        RangeAttribute { Maximum: int.MaxValue } range => string.Create(CultureInfo.InvariantCulture, $"at least {range.Minimum}"),
        RangeAttribute range => string.Create(CultureInfo.InvariantCulture, $"{range.Minimum} to {range.Maximum}"),
        AllowedValuesAttribute values => $"one of {string.Join(", ", values.Values)}",
        INamesAllowed names => $"one of {string.Join(", ", names.Names)}",
        EachRangeAttribute each => string.Create(CultureInfo.InvariantCulture, $"numbers from {each.Minimum} to {each.Maximum}"),
        MinLengthAttribute { Length: 1 } => "at least 1 value",
        MinLengthAttribute length => string.Create(CultureInfo.InvariantCulture, $"at least {length.Length} values"),
        _ => rule.FormatErrorMessage("value"),
    };

    /// <summary>What a setting is called in files.</summary>
    public static string KeyOf(PropertyInfo property) => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);

    /// <summary>Whether a type is one of settings within others.</summary>
    public static bool IsRecord(Type type) => type.IsClass && type.Assembly != typeof(Tensor).Assembly && type != typeof(string) && !typeof(IEnumerable).IsAssignableFrom(type);

    /// <summary>The type of the settings that a mapping of names holds; null for any other type.</summary>
    public static Type? NamedSettings(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>) && IsRecord(type.GetGenericArguments()[1])
            ? type.GetGenericArguments()[1] : null;

    /// <summary>The settings of a type.</summary>
    public static PropertyInfo[] Properties(Type type) =>
        [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite && p.GetCustomAttribute<JsonExtensionDataAttribute>() is null)];

    /// <summary>A value as it is told.</summary>
    public static string Shown(object? value) => value switch
    {
        null => "nothing",
        double number => number.ToString(CultureInfo.InvariantCulture),
        string text => $"'{text}'",
        ICollection { Count: 1 } => "1 value",
        ICollection list => string.Create(CultureInfo.InvariantCulture, $"{list.Count} values"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    };
}
