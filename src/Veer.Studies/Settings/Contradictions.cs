using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Veer.Diffusion;
using Veer.Formats;
using Veer.Guidance;
using Veer.Metrics;
using Veer.Networks;
using Veer.Sampling;

namespace Veer.Studies.Settings;

/// <summary>Settings that are each within their range and yet cannot stand together: told at once, not after an hour of training.</summary>
internal static partial class Contradictions
{
    /// <summary>Stages of samples that no postprocessor makes.</summary>
    private static readonly string[] ReservedStages = ["real", "before"];

    /// <summary>How the folders of other models begin.</summary>
    private static readonly string[] Models = ["classifier-", "postprocessor-"];

    /// <exception cref="InputException">One line that names the key, what was found and what is allowed.</exception>
    public static void Validate(StudySettings settings, string file)
    {
        Names("denoisers", settings.Denoisers.Keys, [VariantNames.Exact, .. settings.Denoisers.Keys.Where(name => Models.Any(name.StartsWith))]);
        Names("classifiers", settings.Classifiers.Keys, VariantNames.Exact);
        Names("guidances", settings.Guidances.Keys, "none");
        Names("postprocessors", settings.Postprocessors.Keys, ReservedStages);
        Names("applications", settings.Applications.Keys);
        Names("generated", settings.Generated?.Keys ?? [], "none");
        foreach (var (name, set) in settings.Generated ?? new Dictionary<string, GeneratedSettings>()) Generated($"generated.{name}", set);
        if (settings.Reading is not null && settings.Generated is null) throw Fault("reading", "how samples are read", "none: only samples that are given are read so (generated)");
        bool images = settings.Data.IsImages;
        Data(settings.Data);
        if (settings.Judge is not null && !images) throw Fault("judge", "an evaluation classifier of images", "none: the data are no images");
        if (settings.Generated is null && settings.Split != new SplitSettings()) throw Fault("split", "shares of given samples", "none: no samples are given (generated)");
        foreach (var (name, denoiser) in settings.Denoisers.Where(entry => entry.Value.Song is null)) Network($"denoisers.{name}", denoiser.Unet);
        foreach (var (name, postprocessor) in settings.Postprocessors) Network($"postprocessors.{name}", postprocessor.Unet);
        foreach (var (name, denoiser) in settings.Denoisers.Where(entry => entry.Value.HasTimesteps()))
            Process($"denoisers.{name}", denoiser.Schedule, denoiser.Timesteps);
        foreach (var (name, classifier) in settings.Classifiers) Process($"classifiers.{name}", classifier.Schedule, classifier.Timesteps);
        foreach (var (name, guidance) in settings.Guidances) Guidance($"guidances.{name}", guidance);
        foreach (var (name, application) in settings.Applications) Application($"applications.{name}", application);
        if (settings.Evaluation.Features is { } features && !images) throw Fault("evaluation.features", $"'{features}'", "none: the data are no images");
        if (settings.Evaluation.Reference is { } reference && !images)
            throw Fault("evaluation.reference", $"'{reference}'", "none: the data are no images, and held-out points are the reference");
        string? nameless = settings.Evaluation.Metrics?.FirstOrDefault(name => MetricRegistry.Measurable.All(metric => metric.Name != name));
        if (nameless is not null) throw Fault("evaluation.metrics", $"'{nameless}'", OneOf(MetricRegistry.Measurable.Select(metric => metric.Name)));
        if (settings.Published is { } published) Published(published);
        foreach (var (name, postprocessor) in settings.Postprocessors)
        {
            if (postprocessor.Space is { } space && !images) throw Fault($"postprocessors.{name}.space", $"'{space}'", "none: the data are no images");
            if (postprocessor.Stopping is not null && settings.Generated is null)
                throw Fault($"postprocessors.{name}.stopping", "early stopping", "none: only samples that are given have a part for it (generated)");
            if (postprocessor.TellScale == true) TellScale($"postprocessors.{name}.tell_scale", postprocessor);
            if (postprocessor.Start is { } start) Start($"postprocessors.{name}", start, postprocessor);
            if (postprocessor.Reflow is { } flow) Reflow($"postprocessors.{name}", flow, postprocessor);
            if (postprocessor.Chain is { } chain) Chain($"postprocessors.{name}", chain, postprocessor);
            if (postprocessor.Guidances is not { } wanted) continue;
            string? unknown = wanted.FirstOrDefault(guidance => !settings.Sources.ContainsKey(guidance));
            if (unknown is not null) throw Fault($"postprocessors.{name}.guidances", $"'{unknown}'", OneOf(settings.Sources.Keys));
        }

        void Names(string key, IEnumerable<string> names, params string[] reserved)
        {
            foreach (string name in names)
            {
                if (!FileName().IsMatch(name)) throw Fault(key, $"the name '{name}'", "small letters, digits and single hyphens, 64 at most");
                if (reserved.Contains(name)) throw Fault(key, $"the name '{name}'", "another name: this one has a meaning of its own");
            }
        }

        void Data(DataSettings data)
        {
            bool files = images || data.Kind == "vectors";
            Unread("data.set", data.Set, images);
            Unread("data.train", data.Train, files);
            Unread("data.held_out", data.HeldOut, files);
            Unread("data.folder", data.Folder, images || data.Kind == "mnist-components");

            void Unread(string key, string? value, bool read)
            {
                if (value is not null && !read) throw Fault(key, $"'{value}'", $"none: data of kind {data.Kind} are not read from there");
            }
        }

        void Generated(string key, GeneratedSettings set)
        {
            if (set.Samples is null == set.Scales is null)
                throw Fault(key, set.Samples is null ? "neither samples nor scales" : "samples and scales", "one of them: paths, or a path for each guidance scale");
            if (set.Scales?.Keys.FirstOrDefault(scale => GeneratedSettings.Number(scale) is null) is { } other)
                throw Fault($"{key}.scales", $"'{other}'", $"numbers from {-GuidanceSettings.MostScale} to {GuidanceSettings.MostScale}, each with a path");
            Distinct($"{key}.scales", set.Sets.Select(one => one.Scale));
            if (set.Sets.SelectMany(one => one.Paths).Any(string.IsNullOrEmpty)) throw Fault(key, "an empty text", "paths");
        }

        void Published(PublishedNumbers numbers)
        {
            int scales = numbers.Scales.Count;
            if (MetricRegistry.All.Find(numbers.Metric) is null) throw Fault("published.metric", $"'{numbers.Metric}'", OneOf(MetricRegistry.All.Select(metric => metric.Name)));
            foreach (var (name, row) in numbers.Rows.Where(row => row.Value.Count != scales))
                throw Fault($"published.rows.{name}", $"{row.Count} numbers", $"{scales}, one for each of published.scales");
        }

        void Application(string key, ApplicationSettings application)
        {
            if (application.Strengths is not { } strengths) return;
            if (strengths.Any(strength => strength is not (>= 0 and <= 1)))
                throw Fault($"{key}.strengths", $"[{string.Join(", ", strengths.Select(strength => Shown(strength)))}]", "numbers from 0 to 1");
            if (application.Strength is { } single) throw Fault($"{key}.strength", single, "nothing beside strengths");
        }

        void Start(string key, string start, PostprocessorSettings postprocessor)
        {
            if (settings.Generated is not null) throw Fault($"{key}.start", $"'{start}'", "none: the samples are given, and no denoiser is trained");
            if (!settings.Denoisers.TryGetValue(start, out var denoiser)) throw Fault($"{key}.start", $"'{start}'", OneOf(settings.Denoisers.Keys));
            if (!denoiser.IsRectifiedFlow())
                throw Fault($"{key}.start", $"'{start}'", "a denoiser of family flow, whose network predicts a velocity as the postprocessor's does");
            // records that hold lists are not equal by their values
            if (!images ? postprocessor.Network != denoiser.Network : Written(postprocessor.Unet) != Written(denoiser.Unet))
                throw Fault($"{key}.start", $"'{start}'", $"a denoiser with the network of {key}");
        }

        void TellScale(string key, PostprocessorSettings postprocessor)
        {
            if (postprocessor.Train != PostprocessorSettings.AllScales) throw Fault(key, "true", $"false: it is trained for one scale (train: {postprocessor.Train})");
            if (!postprocessor.LearnsFlow) throw Fault(key, "true", "false: it is told what the flows that it follows are told");
            if (postprocessor.Start is { } start) throw Fault(key, "true", $"false: it begins with the weights of {start}, which knows no scales");
            string[] served = [.. (postprocessor.Guidances ?? [.. settings.Sources.Keys]).Where(settings.Sources.ContainsKey)];
            if (served.Length > 0 && served.All(source => settings.Sources[source].Trained.Count < 2))
                throw Fault(key, "true", $"false, or two of {(settings.Generated is null ? "guidances" : "generated")}.{served[0]}.scales or more");
        }

        void Reflow(string key, string flow, PostprocessorSettings postprocessor)
        {
            string[] flows = [.. settings.Postprocessors.Where(entry => entry.Value.LearnsFlow).Select(entry => entry.Key)];
            if (!flows.Contains(flow)) throw Fault($"{key}.reflow", $"'{flow}'", OneOf(flows));
            var followed = settings.Postprocessors[flow];
            if (followed.Train != postprocessor.Train) throw Fault($"{key}.train", $"'{postprocessor.Train}'", $"'{followed.Train}', as {flow} has");
            Serves(key, postprocessor, flow);
        }

        void Chain(string key, IReadOnlyList<string> chain, PostprocessorSettings postprocessor)
        {
            if (postprocessor.Reflow is { } flow) throw Fault($"{key}.reflow", $"'{flow}'", "nothing beside a chain, which learns nothing");
            string[] links = [.. settings.Postprocessors.Where(entry => entry.Value.Chain is null).Select(entry => entry.Key)];
            foreach (string link in chain)
                if (!links.Contains(link)) throw Fault($"{key}.chain", $"'{link}'", OneOf(links));
            if (settings.Applications.Values.All(way => settings.StrengthsOf(way).Count > 1))
                throw Fault($"{key}.chain", $"[{string.Join(", ", chain)}]", "an application with one strength, as applications: { whole: { strength: 1 } }: none is chosen for a chain");
            foreach (string link in chain) Serves(key, postprocessor, link);
        }

        void Serves(string key, PostprocessorSettings postprocessor, string other)
        {
            var served = settings.Postprocessors[other].Guidances ?? [.. settings.Sources.Keys];
            string? beyond = (postprocessor.Guidances ?? settings.Sources.Keys).FirstOrDefault(guidance => !served.Contains(guidance));
            if (beyond is not null) throw Fault($"{key}.guidances", $"'{beyond}'", $"{OneOf(served)}, which {other} serves");
        }

        void Network(string key, AdmSize? unet)
        {
            if (images && unet is null) throw Fault($"{key}.unet", "nothing", "the size of a UNet: the data are images");
            if (!images && unet is not null) throw Fault($"{key}.unet", "a UNet", "none: the data are no images");
        }

        void Process(string key, string schedule, int timesteps)
        {
            int least = ScheduleKind.All.Named(schedule).LeastSteps;
            if (timesteps < least) throw Fault($"{key}.timesteps", timesteps, $"at least {least} with the {schedule} schedule");
        }

        void Guidance(string key, GuidanceSettings guidance)
        {
            Known($"{key}.denoiser", guidance.Denoiser, settings.Denoisers.Keys);
            var kind = guidance.Guidance;
            Known($"{key}.classifier", guidance.Classifier, settings.Classifiers.Keys);
            if (kind.Needs.HasFlag(GuidanceNeeds.Guide))
            {
                // by itself a model is guided nowhere, at any scale
                string[] others = [.. settings.Denoisers.Keys.Append(VariantNames.Exact).Where(name => name != guidance.Denoiser)];
                if (guidance.Guide is null || !others.Contains(guidance.Guide)) throw Fault($"{key}.guide", guidance.Guide is { } guide ? $"'{guide}'" : "nothing", $"{OneOf(others)}: a weaker model");
                if (settings.Denoisers.GetValueOrDefault(guidance.Guide) is { LabelDropout: 1 }) throw Fault($"denoisers.{guidance.Guide}.label_dropout", 1, $"below 1: {key} asks it for labels");
            }
            else if (guidance.Guide is not null) Known($"{key}.guide", guidance.Guide, settings.Denoisers.Keys);
            if (settings.Sampling.TrainingSamples < guidance.Scales.Count)
                throw Fault("sampling.training_samples", settings.Sampling.TrainingSamples, $"at least {guidance.Scales.Count}: one for each scale");
            Distinct($"{key}.scales", guidance.AllScales);
            var denoiser = settings.ProcessOf(guidance.Denoiser);
            bool trained = settings.Denoisers.ContainsKey(guidance.Denoiser);
            string model = trained ? $"denoisers.{guidance.Denoiser}" : guidance.Denoiser;
            if (denoiser.HasTimesteps())
            {
                if (!trained) Process(guidance.Denoiser, denoiser.Schedule, denoiser.Timesteps);
                if (settings.Sampling.Steps > denoiser.Timesteps)
                    throw Fault("sampling.steps", settings.Sampling.Steps, $"at most {model}.timesteps, {denoiser.Timesteps}");
            }
            if (!denoiser.HasTimesteps() && kind.Needs.HasFlag(GuidanceNeeds.Timesteps))
                throw Fault($"{key}.kind", $"'{guidance.Kind}'", $"another guidance: {model} has no timesteps");
            if (!denoiser.Process().StartsWithSignal && kind.Needs.HasFlag(GuidanceNeeds.Signal))
                throw Fault($"{key}.kind", $"'{guidance.Kind}'", $"another guidance: samples of {model} start at noise alone, and it divides by the signal");
            if (!trained && kind.Needs.HasFlag(GuidanceNeeds.SoftLabels))
                throw Fault($"{key}.kind", $"'{guidance.Kind}'", $"another guidance: the {guidance.Denoiser} denoiser knows no soft labels");
            string sampler = guidance.SamplerIn(settings.Sampling);
            var known = SamplerKind.For(denoiser.Process()).ToList();
            if (known.Find(one => one.Name == sampler) is not { } walker)
                throw Fault(guidance.Sampler is null ? "sampling.sampler" : $"{key}.sampler", $"'{sampler}'", $"{OneOf(known.Select(one => one.Name))}, the samplers of {model}");
            if (walker.Adaptive && !guidance.AllScales.All(kind.PartsMakeUpX))
                throw Fault($"{key}.kind", $"'{guidance.Kind}'", $"another guidance, or another sampler than {sampler}, which follows a flow that it has not");
            if (!trained) return;
            string dropout = $"denoisers.{guidance.Denoiser}.label_dropout";
            bool asksNull = guidance.AllScales.Any(kind.AsksNull);
            if (asksNull && denoiser.LabelDropout == 0)
                throw Fault(dropout, 0, $"above 0, or no {key}.scales but 1: guidance needs the null label");
            if (kind.AsksLabels && denoiser.LabelDropout == 1)
                throw Fault(dropout, 1, $"below 1, or classifier guidance: {key} needs labels");
        }

        void Distinct(string key, IEnumerable<double> scales)
        {
            // a scale's files and stages bear its text
            var twice = scales.GroupBy(SampledScales.Text).FirstOrDefault(same => same.Count() > 1);
            if (twice is not null) throw Fault(key, string.Join(", ", twice.Select(scale => Shown(scale))), "scales that differ within four decimals");
        }

        void Known(string key, string name, IEnumerable<string> names)
        {
            if (name != VariantNames.Exact && !names.Contains(name)) throw Fault(key, $"'{name}'", OneOf(names.Append(VariantNames.Exact)));
        }

        InputException Fault(string key, object found, string expected) => new(file, key, Shown(found), expected);
    }

    private static string OneOf(IEnumerable<string> names) => $"one of {string.Join(", ", names)}";

    private static string Written(AdmSize? size) => JsonSerializer.Serialize(size, JsonPolicy.Options);

    private static string Shown(object value) => string.Create(CultureInfo.InvariantCulture, $"{value}");

    [GeneratedRegex("^(?=.{1,64}$)[a-z0-9]+(-[a-z0-9]+)*$")]
    private static partial Regex FileName();
}
