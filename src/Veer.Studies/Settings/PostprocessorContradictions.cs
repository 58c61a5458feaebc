using System.Text.Json;
using Veer.Formats;
using Veer.Networks;

namespace Veer.Studies.Settings;

/// <summary>Postprocessors, those that they learn from or follow, and how they are applied.</summary>
internal sealed class PostprocessorContradictions(StudySettings settings, string file) : Contradictions(settings, file)
{
    /// <inheritdoc/>
    public override void Check()
    {
        foreach (var (name, application) in Settings.Applications) Application($"applications.{name}", application);
        foreach (var (name, postprocessor) in Settings.Postprocessors) Postprocessor($"postprocessors.{name}", postprocessor);
    }

    private void Postprocessor(string key, PostprocessorSettings postprocessor)
    {
        if (postprocessor.Space is { } space && !Settings.Data.IsImages) throw Fault($"{key}.space", $"'{space}'", "none: the data are no images");
        if (postprocessor.Stopping is not null && Settings.Generated is null)
            throw Fault($"{key}.stopping", "early stopping", "none: only samples that are given have a part for it (generated)");
        if (postprocessor.TellScale == true) TellScale($"{key}.tell_scale", postprocessor);
        if (postprocessor.Start is { } start) Start(key, start, postprocessor);
        if (postprocessor.Reflow is { } flow) Reflow(key, flow, postprocessor);
        if (postprocessor.Chain is { } chain) Chain(key, chain, postprocessor);
        string? unknown = postprocessor.Guidances?.FirstOrDefault(guidance => !Settings.Sources.ContainsKey(guidance));
        if (unknown is not null) throw Fault($"{key}.guidances", $"'{unknown}'", OneOf(Settings.Sources.Keys));
    }

    private void Application(string key, ApplicationSettings application)
    {
        if (application.Strengths is not { } strengths) return;
        if (strengths.Any(strength => strength is not (>= 0 and <= 1)))
            throw Fault($"{key}.strengths", $"[{string.Join(", ", strengths.Select(strength => Shown(strength)))}]", "numbers from 0 to 1");
        if (application.Strength is { } single) throw Fault($"{key}.strength", single, "nothing beside strengths");
    }

    private void TellScale(string key, PostprocessorSettings postprocessor)
    {
        if (postprocessor.Train != PostprocessorSettings.AllScales) throw Fault(key, "true", $"false: it is trained for one scale (train: {postprocessor.Train})");
        if (!postprocessor.LearnsFlow) throw Fault(key, "true", "false: it is told what the flows that it follows are told");
        if (postprocessor.Start is { } start) throw Fault(key, "true", $"false: it begins with the weights of {start}, which knows no scales");
        string[] served = [.. (postprocessor.Guidances ?? [.. Settings.Sources.Keys]).Where(Settings.Sources.ContainsKey)];
        if (served.Length > 0 && served.All(source => Settings.Sources[source].Trained.Count < 2))
            throw Fault(key, "true", $"false, or two of {(Settings.Generated is null ? "guidances" : "generated")}.{served[0]}.scales or more");
    }

    private void Start(string key, string start, PostprocessorSettings postprocessor)
    {
        if (Settings.Generated is not null) throw Fault($"{key}.start", $"'{start}'", "none: the samples are given, and no denoiser is trained");
        if (!Settings.Denoisers.TryGetValue(start, out var denoiser)) throw Fault($"{key}.start", $"'{start}'", OneOf(Settings.Denoisers.Keys));
        if (!denoiser.IsRectifiedFlow())
            throw Fault($"{key}.start", $"'{start}'", "a denoiser of family flow, whose network predicts a velocity as the postprocessor's does");
        // records that hold lists are not equal by their values
        if (!Settings.Data.IsImages ? postprocessor.Network != denoiser.Network : Written(postprocessor.Unet) != Written(denoiser.Unet))
            throw Fault($"{key}.start", $"'{start}'", $"a denoiser with the network of {key}");
    }

    private void Reflow(string key, string flow, PostprocessorSettings postprocessor)
    {
        string[] flows = [.. Settings.Postprocessors.Where(entry => entry.Value.LearnsFlow).Select(entry => entry.Key)];
        if (!flows.Contains(flow)) throw Fault($"{key}.reflow", $"'{flow}'", OneOf(flows));
        var followed = Settings.Postprocessors[flow];
        if (followed.Train != postprocessor.Train) throw Fault($"{key}.train", $"'{postprocessor.Train}'", $"'{followed.Train}', as {flow} has");
        Serves(key, postprocessor, flow);
    }

    private void Chain(string key, IReadOnlyList<string> chain, PostprocessorSettings postprocessor)
    {
        if (postprocessor.Reflow is { } flow) throw Fault($"{key}.reflow", $"'{flow}'", "nothing beside a chain, which learns nothing");
        string[] links = [.. Settings.Postprocessors.Where(entry => entry.Value.Chain is null).Select(entry => entry.Key)];
        foreach (string link in chain)
            if (!links.Contains(link)) throw Fault($"{key}.chain", $"'{link}'", OneOf(links));
        if (Settings.Applications.Values.All(way => Settings.StrengthsOf(way).Count > 1))
            throw Fault($"{key}.chain", $"[{string.Join(", ", chain)}]", "an application with one strength, as applications: { whole: { strength: 1 } }: none is chosen for a chain");
        foreach (string link in chain) Serves(key, postprocessor, link);
    }

    private void Serves(string key, PostprocessorSettings postprocessor, string other)
    {
        var served = Settings.Postprocessors[other].Guidances ?? [.. Settings.Sources.Keys];
        string? beyond = (postprocessor.Guidances ?? Settings.Sources.Keys).FirstOrDefault(guidance => !served.Contains(guidance));
        if (beyond is not null) throw Fault($"{key}.guidances", $"'{beyond}'", $"{OneOf(served)}, which {other} serves");
    }

    private static string Written(AdmSize? size) => JsonSerializer.Serialize(size, JsonPolicy.Options);
}
