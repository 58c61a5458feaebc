using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Veer.Formats;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Veer.Studies.Settings;

/// <summary>A study as it will run: its settings with preset and overrides folded in.</summary>
/// <param name="Name">The file's name without its ending.</param>
/// <param name="Preset">The chosen preset.</param>
/// <param name="Path">The file.</param>
/// <param name="Settings">The resolved settings.</param>
public sealed record Study(string Name, string Preset, string Path, StudySettings Settings);

/// <summary>Reads study files (YAML): settings, and under <c>presets</c> what each preset changes.</summary>
public static class StudyFile
{
    /// <summary>The preset that is meant where none is named; a file without presets has no other.</summary>
    public const string DefaultPreset = "quick";

    private const string PresetsKey = "presets", SetOption = "--set";

    // far above any study's own; a device has no end
    private const int MostCharacters = 1_000_000;

    /// <summary>The folder of the studies that come with the program.</summary>
    public static string Folder => System.IO.Path.Combine(AppContext.BaseDirectory, "studies");

    /// <summary>The studies that come with the program, by name.</summary>
    public static IReadOnlyList<string> Names() =>
        Directory.Exists(Folder)
            ? [.. Directory.GetFiles(Folder, "*.yaml").Select(f => System.IO.Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)]
            : [];

    /// <summary>The presets of a study.</summary>
    public static IReadOnlyList<string> Presets(string study)
    {
        var tree = Parse(Find(study));
        return [.. TakePresets(tree, study).Select(p => p.Key)];
    }

    /// <summary>Resolves a study: its file, then its preset, then every override, in that order.</summary>
    /// <param name="study">A name from the program's studies, or a path.</param>
    /// <param name="preset">One of the file's presets; <see cref="DefaultPreset"/> for a file without any, as a run leaves one.</param>
    /// <param name="overrides">"key=value" with dots between nested keys.</param>
    /// <exception cref="InputException">One line that names the key, what was found and what is allowed.</exception>
    public static Study Resolve(string study, string preset, IEnumerable<string> overrides)
    {
        string path = Find(study);
        var tree = Parse(path);
        var presets = TakePresets(tree, path);
        if (!presets.TryGetPropertyValue(preset, out var changes) && (presets.Count > 0 || preset != DefaultPreset))
        {
            string names = string.Join(", ", presets.Select(p => p.Key));
            throw new InputException(path, "preset", $"'{preset}'", names == "" ? "none: the file has no presets" : $"one of {names}");
        }
        if (changes is JsonObject change) YamlTree.Merge(tree, change);
        else if (changes is not null) throw new InputException(path, $"{PresetsKey}.{preset}", changes.ToJsonString(), "a mapping of keys to values");
        return Resolve(tree, path, preset, overrides);
    }

    /// <summary>Resolves the settings of a study that is in no file yet, and every override.</summary>
    /// <param name="tree">What its file would hold; it may be changed.</param>
    /// <param name="path">The file that it would be: relative paths begin there.</param>
    /// <param name="preset">What its preset is called.</param>
    /// <param name="overrides">"key=value" with dots between nested keys.</param>
    /// <exception cref="InputException">One line that names the key, what was found and what is allowed.</exception>
    internal static Study Resolve(JsonObject tree, string path, string preset, IEnumerable<string> overrides)
    {
        string[] all = [.. overrides];
        StudySettings settings;
        try
        {
            settings = Settings((JsonObject)tree.DeepClone(), all, path);
        }
        catch (InputException) when (all.Length > 0 && IsSound(tree, path))
        {
            settings = Settings(tree, all, SetOption);    // the file is right by itself, so the fault names what was laid over it
        }
        return new Study(System.IO.Path.GetFileNameWithoutExtension(path), preset, path, settings);
    }

    /// <param name="tree">What the file holds; it is changed.</param>
    /// <param name="overrides">"key=value" with dots between nested keys.</param>
    /// <param name="place">What a fault names.</param>
    private static StudySettings Settings(JsonObject tree, string[] overrides, string place)
    {
        var folded = Fold();
        foreach (string assignment in overrides) Variants.Change(tree, folded, Assigned(assignment), place);
        Fold();
        GuidanceOptions.Complete(tree, place);
        var settings = SettingsBinder.Bind<StudySettings>(tree, place);
        Contradictions.Validate(settings, place);
        return settings;

        Dictionary<string, JsonObject> Fold()
        {
            GeneratedSettings.Complete(tree, place);
            return Variants.Fold(tree, place);
        }
    }

    private static bool IsSound(JsonObject tree, string path)
    {
        try
        {
            Settings((JsonObject)tree.DeepClone(), [], path);
            return true;
        }
        catch (InputException)
        {
            return false;
        }
    }

    /// <summary>The resolved settings as YAML.</summary>
    public static string ToYaml(StudySettings settings)
    {
        var tree = JsonSerializer.SerializeToNode(settings, JsonPolicy.Options)!;
        using var text = new StringWriter { NewLine = "\n" };
        new YamlStream(new YamlDocument(ToYaml(tree))).Save(text, assignAnchors: false);
        return text.ToString().TrimEnd('.', '\n') + "\n";
    }

    private static string Find(string study)
    {
        if (File.Exists(study)) return study;
        string shipped = System.IO.Path.Combine(Folder, study + ".yaml");
        if (File.Exists(shipped)) return shipped;
        throw new InputException($"study '{study}': no such file or study; the studies are {string.Join(", ", Names())}");
    }

    private static JsonObject Parse(string path)
    {
        try
        {
            using var reader = new StringReader(Text(path));
            var root = YamlTree.Read(reader);
            string found = root is null ? "an empty file" : "no mapping";
            return root as JsonObject ?? throw new InputException(path, "document", found, "one mapping of keys to values");
        }
        catch (YamlException fault)
        {
            throw new InputException(
                $"{path}: line {fault.Start.Line}, column {fault.Start.Column}: not a study's YAML: {fault.Message}");
        }
    }

    private static string Text(string path)
    {
        using var reader = new StreamReader(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        var text = new char[MostCharacters + 1];
        int length;
        try
        {
            length = reader.ReadBlock(text);
        }
        catch (DecoderFallbackException)
        {
            throw new InputException(path, "document", "bytes that are no UTF-8", "a study");
        }
        return length <= MostCharacters ? new(text, 0, length) : throw new InputException(path, "document", $"more than {MostCharacters} characters", "a study");
    }

    private static JsonObject TakePresets(JsonObject tree, string path)
    {
        if (!tree.Remove(PresetsKey, out var presets) || presets is null) return [];
        return presets as JsonObject
            ?? throw new InputException(path, PresetsKey, presets.ToJsonString(), "a mapping of names to what each preset changes");
    }

    /// <summary>What "key=value" says, as a tree; dots stand between nested keys.</summary>
    /// <param name="assignment">The text; the value is YAML.</param>
    /// <param name="option">The option that it was given to.</param>
    /// <exception cref="InputException">It has no '=' or no key before it, or its value is no YAML.</exception>
    public static JsonObject Assigned(string assignment, string option = SetOption)
    {
        int at = assignment.IndexOf('=', StringComparison.Ordinal);
        string[] keys = assignment[..Math.Max(at, 0)].Split('.');
        if (keys.Contains("")) throw new InputException(option, assignment, at < 0 ? "no '='" : "no key", option == SetOption ? "key=value, as in denoiser.training.steps=1000" : "key=value");
        JsonNode? change;
        try
        {
            change = YamlTree.Read(new StringReader(assignment[(at + 1)..]));
        }
        catch (YamlException fault)
        {
            throw new InputException(
                option, assignment[..at], $"'{assignment[(at + 1)..]}'", $"a YAML value ({fault.Message})");
        }
        foreach (string key in keys.Reverse()) change = new JsonObject { [key] = change };
        return (JsonObject)change!;
    }

    private static YamlNode ToYaml(JsonNode? node) => node switch
    {
        JsonObject map => new YamlMappingNode(map.Select(p => KeyValuePair.Create<YamlNode, YamlNode>(p.Key, ToYaml(p.Value)))),
        JsonArray list => new YamlSequenceNode(list.Select(ToYaml)) { Style = YamlDotNet.Core.Events.SequenceStyle.Flow },
        null => new YamlScalarNode("null"),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => new YamlScalarNode(value.GetValue<string>()) { Style = ScalarStyle.DoubleQuoted },
        var value => new YamlScalarNode(value.ToJsonString()),
    };
}
