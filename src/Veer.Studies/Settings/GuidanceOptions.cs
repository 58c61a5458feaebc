using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Veer.Formats;
using Veer.Guidance;

namespace Veer.Studies.Settings;

/// <summary>The options that a kind of guidance has of its own: their keys stand beside those that every guidance has.</summary>
public static class GuidanceOptions
{
    /// <summary>The options of a guidance, from the keys that it does not share with others.</summary>
    /// <param name="kind">The guidance.</param>
    /// <param name="own">Its keys; those that are missing have their usual values.</param>
    /// <param name="file">Where they come from.</param>
    /// <param name="prefix">What stands before every key in a fault.</param>
    /// <returns>Null where it has none.</returns>
    /// <exception cref="InputException">One line that names the key, what was found and what is allowed.</exception>
    public static object? Bind(GuidanceKind kind, JsonObject own, string file, string prefix) =>
        kind.Options is { } usual ? SettingsBinder.Bind(usual.GetType(), own, file, prefix) : null;

    /// <summary>The keys of the options that a guidance has.</summary>
    public static IEnumerable<string> Keys(GuidanceKind kind) => kind.Options is { } usual ? SettingsBinder.KeysOf(usual.GetType()) : [];

    /// <summary>What each option is, as "rescale = 0.7, 0 to 1: phi".</summary>
    public static IEnumerable<string> Describe(GuidanceKind kind) => kind.Options is not { } usual ? [] : Keys(kind).Zip(
        usual.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite), (key, property) =>
        {
            string range = property.GetCustomAttribute<RangeAttribute>() is { } allowed ? $", {SettingRanges.Allowed(allowed)}" : "";
            string meaning = property.GetCustomAttribute<DescriptionAttribute>() is { } said ? $": {said.Description}" : "";
            return string.Create(CultureInfo.InvariantCulture, $"{key} = {property.GetValue(usual)}{range}{meaning}");
        });

    /// <summary>The options of a study's guidance.</summary>
    internal static object? Of(GuidanceSettings guidance) =>
        guidance.Guidance.Options is { } usual ? JsonSerializer.SerializeToElement(guidance.OwnOptions ?? new Dictionary<string, JsonElement>()).Deserialize(usual.GetType(), JsonPolicy.Options) : null;

    /// <summary>Checks the options of every guidance of a tree and writes out those that are not said.</summary>
    internal static void Complete(JsonObject tree, string file)
    {
        if (tree["guidances"] is not JsonObject guidances) return;
        foreach (var (name, value) in guidances)
        {
            if (value is not JsonObject guidance || KindOf(guidance) is not { Options: { } usual } kind) continue;
            var keys = SettingsBinder.KeysOf(usual.GetType()).ToList();
            var own = new JsonObject(guidance.Where(entry => keys.Contains(entry.Key)).Select(entry => KeyValuePair.Create(entry.Key, entry.Value?.DeepClone())));
            var whole = JsonSerializer.SerializeToNode(Bind(kind, own, file, $"guidances.{name}."), JsonPolicy.Options)!.AsObject();
            foreach (var (key, option) in whole) guidance[key] = option?.DeepClone();
        }
    }

    /// <summary>The keys of its own that a guidance may have: its kind's, or in what several kinds have in common those of all.</summary>
    internal static IEnumerable<string> Keys(JsonObject guidance, bool common)
    {
        IEnumerable<GuidanceKind?> kinds = common && !guidance.ContainsKey("kind") ? GuidanceKind.All : [KindOf(guidance)];
        return kinds.OfType<GuidanceKind>().SelectMany(Keys).Distinct();
    }

    private static GuidanceKind? KindOf(JsonObject guidance) => GuidanceKind.All.Find(Variants.Kind(guidance));
}
