using System.Text.RegularExpressions;
using Veer.Metrics;

namespace Veer.Studies.Settings;

/// <summary>Names, data, samples that are given, and what is measured.</summary>
internal sealed partial class DataContradictions(StudySettings settings, string file) : Contradictions(settings, file)
{
    /// <summary>Stages of samples that no postprocessor makes.</summary>
    private static readonly string[] ReservedStages = ["real", "before", "labels"];

    /// <summary>How the files of boundaries begin, which lie beside those of samples.</summary>
    private const string Boundary = "boundary-";

    /// <summary>How the folders of other models begin.</summary>
    private static readonly string[] Models = ["classifier-", "postprocessor-"];

    /// <inheritdoc/>
    public override void Check()
    {
        Names("denoisers", Settings.Denoisers.Keys, [VariantNames.Exact, .. Settings.Denoisers.Keys.Where(name => Models.Any(name.StartsWith))]);
        Names("classifiers", Settings.Classifiers.Keys, VariantNames.Exact);
        Sources("guidances", Settings.Guidances.Keys);
        Names("postprocessors", Settings.Postprocessors.Keys, ReservedStages);
        Names("applications", Settings.Applications.Keys);
        Sources("generated", Settings.Generated?.Keys ?? []);
        foreach (var (name, set) in Settings.Generated ?? new Dictionary<string, GeneratedSettings>()) Generated($"generated.{name}", set);
        if (Settings.Reading is not null && Settings.Generated is null) throw Fault("reading", "how samples are read", "none: only samples that are given are read so (generated)");
        if (Settings.Generated is null && Settings.Split != new SplitSettings()) throw Fault("split", "shares of given samples", "none: no samples are given (generated)");
        Data(Settings.Data);
        Evaluation(Settings.Evaluation);
        if (Settings.Published is { } published) Published(published);
    }

    /// <summary>Names of what samples come from, which their files bear.</summary>
    private void Sources(string key, IEnumerable<string> names) => Names(key, names, ["none", .. names.Where(name => name.StartsWith(Boundary, StringComparison.Ordinal))]);

    private void Names(string key, IEnumerable<string> names, params string[] reserved)
    {
        foreach (string name in names)
        {
            if (!FileName().IsMatch(name)) throw Fault(key, $"the name '{name}'", "small letters, digits and single hyphens, 64 at most");
            if (reserved.Contains(name)) throw Fault(key, $"the name '{name}'", "another name: this one has a meaning of its own");
        }
    }

    private void Generated(string key, GeneratedSettings set)
    {
        if (set.Samples is null == set.Scales is null)
            throw Fault(key, set.Samples is null ? "neither samples nor scales" : "samples and scales", "one of them: paths, or a path for each guidance scale");
        if (set.Scales?.Keys.FirstOrDefault(scale => GeneratedSettings.Number(scale) is null) is { } other)
            throw Fault($"{key}.scales", $"'{other}'", $"numbers from {-GuidanceSettings.MostScale} to {GuidanceSettings.MostScale}, each with a path");
        Distinct($"{key}.scales", set.Sets.Select(one => one.Scale));
        if (set.Sets.SelectMany(one => one.Paths).Any(string.IsNullOrEmpty)) throw Fault(key, "an empty text", "paths");
    }

    private void Data(DataSettings data)
    {
        bool files = data.IsImages || data.Kind == "vectors";
        Unread("data.set", data.Set, data.IsImages);
        Unread("data.train", data.Train, files);
        Unread("data.held_out", data.HeldOut, files);
        Unread("data.folder", data.Folder, data.IsImages || data.Kind == "mnist-components");

        void Unread(string key, string? value, bool read)
        {
            if (value is not null && !read) throw Fault(key, $"'{value}'", $"none: data of kind {data.Kind} are not read from there");
        }
    }

    private void Evaluation(EvaluationSettings evaluation)
    {
        bool images = Settings.Data.IsImages;
        if (Settings.Judge is not null && !images) throw Fault("judge", "an evaluation classifier of images", "none: the data are no images");
        if (evaluation.Features is { } features && !images) throw Fault("evaluation.features", $"'{features}'", "none: the data are no images");
        if (evaluation.Reference is { } reference && !images)
            throw Fault("evaluation.reference", $"'{reference}'", "none: the data are no images, and held-out points are the reference");
        string? nameless = evaluation.Metrics?.FirstOrDefault(name => MetricRegistry.Measurable.All(metric => metric.Name != name));
        if (nameless is not null) throw Fault("evaluation.metrics", $"'{nameless}'", OneOf(MetricRegistry.Measurable.Select(metric => metric.Name)));
    }

    private void Published(PublishedNumbers numbers)
    {
        int scales = numbers.Scales.Count;
        if (MetricRegistry.All.Find(numbers.Metric) is null) throw Fault("published.metric", $"'{numbers.Metric}'", OneOf(MetricRegistry.All.Select(metric => metric.Name)));
        foreach (var (name, row) in numbers.Rows.Where(row => row.Value.Count != scales))
            throw Fault($"published.rows.{name}", $"{row.Count} numbers", $"{scales}, one for each of published.scales");
    }

    [GeneratedRegex("^(?=.{1,64}$)[a-z0-9]+(-[a-z0-9]+)*$")]
    private static partial Regex FileName();
}
