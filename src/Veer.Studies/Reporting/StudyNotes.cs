using System.Text.Json.Nodes;
using Veer.Guidance;
using Veer.Studies.Settings;
using YamlDotNet.Core;

namespace Veer.Studies.Reporting;

/// <summary>The models behind a guidance, as study.yaml names them.</summary>
/// <param name="Kind">"classifier-free", "classifier", ...</param>
/// <param name="Denoiser">The generator, or "exact".</param>
/// <param name="Helper">The classifier or the weaker model that the kind asks for; null where it asks for none.</param>
internal sealed record GuidanceModels(string Kind, string Denoiser, string? Helper)
{
    /// <summary>Whether every model in it is the closed form: what it does then is theory, not learning.</summary>
    public bool IsClosedForm => Denoiser == VariantNames.Exact && (Helper ?? VariantNames.Exact) == VariantNames.Exact;

    /// <summary>"closed form"; "closed form with a learned classifier" where only the generator is; nothing for learned generators.</summary>
    public string Describe() => IsClosedForm ? "closed form"
        : Denoiser != VariantNames.Exact ? ""
        : Kind == "classifier" ? "closed form with a learned classifier" : "closed form with a learned guide";
}

/// <summary>What the report takes from study.yaml. A study written by hand may lack all of it.</summary>
internal sealed record StudyNotes(
    string? Title, string? Description, string? Reproduces, IReadOnlyDictionary<string, GuidanceModels> Guidances, PublishedTable? Published = null)
{
    private static readonly GuidanceSettings Usual = new();

    public static StudyNotes Read(string path, string text)
    {
        JsonObject settings;
        try
        {
            settings = YamlTree.Read(new StringReader(text)) as JsonObject ?? [];
        }
        catch (YamlException fault)
        {
            throw new InputException(path, string.Create(Reporting.Text.Invariant, $"line {fault.Start.Line}"), "broken YAML", "a resolved study");
        }
        var guidances = settings["guidances"] switch
        {
            null => [],
            JsonObject mapping => mapping,
            _ => throw new InputException(path, "guidances", "no mapping", "a mapping of names to settings"),
        };
        return new(
            Scalar(settings, "title"), Scalar(settings, "description") ?? Scalar(settings, "summary"), Scalar(settings, "reproduces"),
            guidances.ToDictionary(entry => entry.Key, entry => Models(entry.Value as JsonObject ?? [])),
            settings["published"] is { } published ? PublishedTable.Read(published, path) : null);
    }

    /// <summary>" (closed form)" after a guidance's name, where it is one.</summary>
    public string Suffix(string guidance) =>
        Guidances.TryGetValue(guidance, out var models) && models.Describe() is { Length: > 0 } words ? $" ({words})" : "";

    public bool IsClosedForm(string guidance) => Guidances.TryGetValue(guidance, out var models) && models.IsClosedForm;

    /// <summary>The first guidance of the same kind, among those given, whose models are all closed form; null for one that is itself closed form.</summary>
    public string? TwinOf(string guidance, IEnumerable<string> among) =>
        !Guidances.TryGetValue(guidance, out var models) || models.IsClosedForm ? null
            : among.FirstOrDefault(other => IsClosedForm(other) && Guidances[other].Kind == models.Kind);

    private static GuidanceModels Models(JsonObject guidance)
    {
        string kind = Scalar(guidance, "kind") ?? Usual.Kind;
        var needs = GuidanceKind.All.Find(kind)?.Needs ?? GuidanceNeeds.None;
        return new(kind, Scalar(guidance, "denoiser") ?? Usual.Denoiser,
            needs.HasFlag(GuidanceNeeds.Classifier) ? Scalar(guidance, "classifier") ?? Usual.Classifier
            : needs.HasFlag(GuidanceNeeds.Guide) ? Scalar(guidance, "guide") ?? Usual.Guide : null);
    }

    private static string? Scalar(JsonObject parent, string key) => parent[key] is JsonValue value && value.ToString() is { Length: > 0 } text ? text : null;
}
