using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Veer.Formats;
using Veer.Guidance;
using Veer.Studies.Settings;
using YamlDotNet.Core;

namespace Veer.Studies.Runs;

/// <summary>What the report takes of study.yaml, in the types of its settings. A study written by hand may lack all of it, and one of another version of the program may have more.</summary>
internal sealed record StudyNotes
{
    private static readonly JsonSerializerOptions Options = new(JsonPolicy.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip };

    public string? Title { get; init; }
    public string? Reproduces { get; init; }
    public IReadOnlyDictionary<string, GuidanceSettings?> Guidances { get; init; } = new Dictionary<string, GuidanceSettings?>();
    public PublishedNumbers? Published { get; init; }
    public IReadOnlyDictionary<string, GeneratedSettings?>? Generated { get; init; }

    /// <summary>Whether samples were given, in the place of generators.</summary>
    public bool IsGiven => Generated is not null;

    /// <exception cref="InputException">The text is no YAML, or a setting that the report takes is not of its type.</exception>
    public static StudyNotes Read(string path, string text)
    {
        JsonObject tree;
        try
        {
            tree = YamlTree.Read(new StringReader(text)) as JsonObject ?? [];
        }
        catch (YamlException fault)
        {
            throw new InputException(path, FormattableString.Invariant($"line {fault.Start.Line}"), "broken YAML", "a resolved study");
        }
        var notes = JsonInput.Parse(Encoding.UTF8.GetBytes(tree.ToJsonString()), new(path, "document"), "a resolved study", root => root.Deserialize<StudyNotes>(Options)!);
        if (notes.Published is not { } published) return notes;
        return published.Rows.FirstOrDefault(row => row.Value?.Count != published.Scales.Count) is { Key: { } stage, Value: var values }
            ? throw new InputException(path, $"published.rows.{stage}", $"{values?.Count ?? 0} numbers", $"{published.Scales.Count}, one for each scale") : notes;
    }

    /// <summary>" (closed form)" after the name of a guidance whose models are: what it does then is theory, not learning; nothing where the generator is learned.</summary>
    public string Suffix(string guidance) => IsClosedForm(guidance) ? " (closed form)"
        : Guidances.GetValueOrDefault(guidance) is not { Denoiser: VariantNames.Exact } settings ? ""
        : Needs(settings).HasFlag(GuidanceNeeds.Classifier) ? " (closed form with a learned classifier)" : " (closed form with a learned guide)";

    /// <summary>A guidance's name with that.</summary>
    public string Name(string guidance) => guidance + Suffix(guidance);

    /// <summary>", w = 3" after the name of a guidance; nothing after that of given samples that have no scale.</summary>
    public string AtScale(string source, double scale) => IsUnscaled(source) ? "" : $", w = {SampledScales.Text(scale)}";

    /// <summary>Whether samples were given without a guidance scale.</summary>
    public bool IsUnscaled(string source) => Generated is not null && Generated.GetValueOrDefault(source)?.Scales is null;

    public bool IsClosedForm(string guidance) => Guidances.GetValueOrDefault(guidance) is { Denoiser: VariantNames.Exact } settings
        && (settings.Classifier == VariantNames.Exact || !Needs(settings).HasFlag(GuidanceNeeds.Classifier))
        && (settings.Guide == VariantNames.Exact || !Needs(settings).HasFlag(GuidanceNeeds.Guide));

    /// <summary>Of a kind that is not registered here, as in a run of a program with guidances of its own, nothing is known.</summary>
    private static GuidanceNeeds Needs(GuidanceSettings guidance) => GuidanceKind.All.Find(guidance.Kind)?.Needs ?? GuidanceNeeds.None;
}
