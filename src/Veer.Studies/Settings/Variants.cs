using System.Text.Json.Nodes;
using Veer.Models;
using Veer.Postprocessing;

namespace Veer.Studies.Settings;

/// <summary>
/// One rule for all that a study has several of: the singular (<c>denoiser</c>) says what all have in common, the plural
/// (<c>denoisers</c>) names them and what each changes. Without a plural there is what is usual, as the singular says.
/// </summary>
internal static class Variants
{
    private sealed record Rule(string Singular, string Plural, Action<JsonObject, string, string> Check, Func<JsonObject, JsonObject, JsonObject> Usual);

    private static readonly Rule[] Rules =
    [
        Of<DenoiserOptions>("denoiser", "denoisers", (_, _) => new() { [VariantNames.Denoiser] = null }),
        Of<ClassifierOptions>("classifier", "classifiers", (_, _) => new() { ["classifier"] = null }),
        Of<GuidanceSettings>("guidance", "guidances", (_, common) => new() { [Kind(common)] = null }),
        Of<PostprocessorSettings>("postprocessor", "postprocessors", (tree, common) => tree["generated"] is JsonObject given ? new() { [VariantNames.Repaired] = GeneratedSettings.UsualPostprocessor(given, common) } : new()
        {
            [VariantNames.Individual] = new JsonObject { ["train"] = PostprocessorSettings.EachScale },
            [VariantNames.OneForAll] = OneForAll(common),
        }),
        Of<ApplicationSettings>("application", "applications", (_, _) => new() { [VariantNames.Application] = null }),
    ];

    /// <summary>The keys of the singulars, which a file may hold beside those of the settings.</summary>
    public static IEnumerable<string> Singulars => Rules.Select(rule => rule.Singular);

    /// <summary>Folds every singular into its plural.</summary>
    /// <returns>What was folded, by the plural's key.</returns>
    /// <exception cref="InputException">A singular is not what one of its kind can be.</exception>
    public static Dictionary<string, JsonObject> Fold(JsonObject tree, string file)
    {
        var folded = new Dictionary<string, JsonObject>();
        foreach (var rule in Rules)
        {
            bool said = tree.Remove(rule.Singular, out var value);
            if (said && value is not JsonObject) throw SettingsBinder.NoMapping(file, rule.Singular, value);
            var common = value as JsonObject ?? [];
            if (said) rule.Check(common, file, rule.Singular + ".");
            folded[rule.Plural] = common;
            if (!tree.ContainsKey(rule.Plural))
            {
                if (!said) continue;
                tree[rule.Plural] = rule.Usual(tree, common);
            }
            if (tree[rule.Plural] is not JsonObject variants) throw SettingsBinder.NoMapping(file, rule.Plural, tree[rule.Plural]);
            foreach (string name in variants.Select(variant => variant.Key).ToList())
            {
                if (variants[name] is not (null or JsonObject)) throw SettingsBinder.NoMapping(file, $"{rule.Plural}.{name}", variants[name]);
                var whole = (JsonObject)common.DeepClone();
                YamlTree.Merge(whole, variants[name] as JsonObject ?? []);
                variants[name] = whole;
            }
        }
        return folded;
    }

    /// <summary>Puts a change over folded settings; one of a singular goes over all that the plural names, and a new name begins with what all have in common.</summary>
    /// <param name="tree">The settings.</param>
    /// <param name="folded">What all of a plural have in common; it changes with them.</param>
    /// <param name="change">What is new.</param>
    /// <param name="file">Where they stand.</param>
    public static void Change(JsonObject tree, Dictionary<string, JsonObject> folded, JsonObject change, string file)
    {
        foreach (var rule in Rules)
        {
            if (tree[rule.Plural] is not JsonObject variants) continue;
            if (change.Remove(rule.Singular, out var value))
            {
                if (value is not JsonObject common) throw SettingsBinder.NoMapping(file, rule.Singular, value);
                rule.Check(common, file, rule.Singular + ".");
                foreach (var variant in variants.Select(variant => (JsonObject)variant.Value!).Append(folded[rule.Plural])) YamlTree.Merge(variant, common);
            }
            if (change[rule.Plural] is not JsonObject named) continue;
            foreach (var (name, own) in named.ToList())
            {
                if (own is not (null or JsonObject)) throw SettingsBinder.NoMapping(file, $"{rule.Plural}.{name}", own);
                if (!variants.ContainsKey(name)) variants[name] = folded[rule.Plural].DeepClone();
                if (own is null) named.Remove(name);
            }
        }
        YamlTree.Merge(tree, change);
    }

    private static Rule Of<T>(string singular, string plural, Func<JsonObject, JsonObject, JsonObject> usual) =>
        new(singular, plural, (tree, file, prefix) => SettingsBinder.Bind<T>(tree, file, prefix), usual);

    /// <summary>Balanced pairs make no flow for all scales that is not told them: no flow carries two distributions to the same one.</summary>
    public static JsonObject OneForAll(JsonObject common)
    {
        var settings = new JsonObject { ["train"] = PostprocessorSettings.AllScales };
        if (!common.ContainsKey("pairing")) settings["pairing"] = Pairings.Nearest.Name;
        return settings;
    }

    /// <summary>The name of a guidance's kind; the usual one where it is not said, or is no text.</summary>
    public static string Kind(JsonObject guidance) =>
        guidance["kind"]?.GetValueKind() == System.Text.Json.JsonValueKind.String ? guidance["kind"]!.GetValue<string>() : GuidanceSettings.DefaultKind;
}
