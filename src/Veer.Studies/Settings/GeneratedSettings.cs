using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Veer.Studies.Settings;

/// <summary>
/// Samples of a generator that the study neither trains nor samples: files, or a file for each guidance scale that it was sampled at. Of each of
/// them a part is measured, a part trained on, and a part tells how long to train and how far to repair (<see cref="SplitSettings"/>).
/// </summary>
public sealed record GeneratedSettings
{
    /// <summary>The scale of samples that have none.</summary>
    internal const double NoScale = 1;

    /// <summary>Paths to samples, vectors or images, which together are one set. Relative to the study's file.</summary>
    [MinLength(1)]
    public IReadOnlyList<string>? Samples { get; init; }

    /// <summary>In the place of samples: the path of those at each guidance scale, as { 1: w1.npz, 3: w3.npz }.</summary>
    [MinLength(1)]
    public IReadOnlyDictionary<string, string>? Scales { get; init; }

    /// <summary>The paths at each scale, in ascending order.</summary>
    internal IReadOnlyList<(double Scale, IReadOnlyList<string> Paths)> Sets => Scales is null ? [(NoScale, Samples ?? [])]
        : [.. Scales.Select(entry => (Scale: Number(entry.Key) ?? double.NaN, (IReadOnlyList<string>)[entry.Value])).OrderBy(entry => entry.Scale)];

    /// <summary>A guidance scale from its text; null where it is none.</summary>
    internal static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double scale) && Math.Abs(scale) <= GuidanceSettings.MostScale ? scale + 0.0 : null; // -0 is 0

    /// <summary>
    /// Where a tree names generated samples: there are no models to train and nothing to guide, and one postprocessor if nothing is said of any.
    /// </summary>
    /// <exception cref="InputException">Samples are no mappings, or stand beside models or guidances.</exception>
    internal static void Complete(JsonObject tree, string file)
    {
        if (!tree.TryGetPropertyValue("generated", out var generated) || generated is null) return;
        if (generated is not JsonObject { Count: > 0 } sets) throw SettingsBinder.NoMapping(file, "generated", generated);
        foreach (var (name, value) in sets)
            if (value is not JsonObject) throw SettingsBinder.NoMapping(file, $"generated.{name}", value);
        foreach (string key in (string[])["denoiser", "denoisers", "classifier", "classifiers", "guidance", "guidances"])
        {
            if (tree[key] is { } other && other is not JsonObject { Count: 0 })
                throw new InputException(file, key, other is JsonObject named ? string.Join(", ", named.Select(entry => entry.Key)) : other.ToJsonString(), "nothing beside generated, whose samples take its place");
            if (key.EndsWith('s')) tree[key] = new JsonObject();
        }
        if (!tree.ContainsKey("postprocessor") && !tree.ContainsKey("postprocessors")) tree["postprocessor"] = new JsonObject();
    }

    /// <summary>The postprocessor of generated samples: one for all scales. Where they have several and it is not to be told them, it is one of nearest pairs (<see cref="Variants"/>).</summary>
    internal static JsonObject UsualPostprocessor(JsonObject generated, JsonObject common)
    {
        bool untold = common["tell_scale"]?.GetValueKind() == JsonValueKind.False && generated.Any(set => set.Value?["scales"] is JsonObject { Count: > 1 });
        return untold ? Variants.OneForAll(common) : common.ContainsKey("train") ? [] : new JsonObject { ["train"] = PostprocessorSettings.AllScales };
    }
}

/// <summary>How given samples and their real points are divided: by a key of the seed, so that it stays the same.</summary>
public sealed record SplitSettings
{
    private const int MostVectors = 4000, MostImages = 1000;

    /// <summary>The share of generated samples that is measured, and never trained on.</summary>
    [Range(0.01, 0.4)]
    public double Test { get; init; } = 0.2;

    /// <summary>Generated samples that are measured at most.</summary>
    [Range(1, 10_000_000)]
    public int MostTest { get; init; } = 10_000;

    /// <summary>
    /// The share of generated samples, and of real points beside the held-out ones, that is neither trained on nor measured: one half tells when to stop a
    /// training, the other how far to follow its flow.
    /// </summary>
    [Range(0.01, 0.4)]
    public double Validation { get; init; } = 0.2;

    /// <summary>Of either at most: more tell little more and take time. If not given, 4000 vectors or 1000 images.</summary>
    [Range(40, 20_000)]
    public int? MostValidation { get; init; }

    /// <summary>The share of real points that is held out where <see cref="DataSettings.HeldOut"/> is not given.</summary>
    [Range(0.01, 0.9)]
    public double HeldOut { get; init; } = 0.2;

    /// <summary>Real points that are held out at most.</summary>
    [Range(1, 10_000_000)]
    public int MostHeldOut { get; init; } = 10_000;

    /// <summary>Of either at most.</summary>
    internal int MostValidationOf(bool images) => MostValidation ?? (images ? MostImages : MostVectors);
}
