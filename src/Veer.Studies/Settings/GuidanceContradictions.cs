using Veer.Guidance;
using Veer.Models;
using Veer.Sampling;

namespace Veer.Studies.Settings;

/// <summary>Guidances, the models that they ask, and the samplers that can follow them.</summary>
internal sealed class GuidanceContradictions(StudySettings settings, string file) : Contradictions(settings, file)
{
    /// <inheritdoc/>
    public override void Check()
    {
        foreach (var (name, guidance) in Settings.Guidances)
        {
            string key = $"guidances.{name}";
            Known($"{key}.denoiser", guidance.Denoiser, Settings.Denoisers.Keys);
            Known($"{key}.classifier", guidance.Classifier, Settings.Classifiers.Keys);
            Guide(key, guidance);
            if (Settings.Sampling.TrainingSamples < guidance.Scales.Count)
                throw Fault("sampling.training_samples", Settings.Sampling.TrainingSamples, $"at least {guidance.Scales.Count}: one for each scale");
            Distinct($"{key}.scales", guidance.AllScales);
            bool trained = Settings.Denoisers.ContainsKey(guidance.Denoiser);
            string model = trained ? $"denoisers.{guidance.Denoiser}" : guidance.Denoiser;
            var denoiser = Settings.ProcessOf(guidance.Denoiser);
            Denoiser(key, guidance, denoiser, model, trained);
            Sampler(key, guidance, denoiser, model);
            if (trained) Labels(key, guidance, denoiser);
        }
    }

    private void Guide(string key, GuidanceSettings guidance)
    {
        if (guidance.Guidance.Needs.HasFlag(GuidanceNeeds.Guide))
        {
            // by itself a model is guided nowhere, at any scale
            string[] others = [.. Settings.Denoisers.Keys.Append(VariantNames.Exact).Where(name => name != guidance.Denoiser)];
            if (guidance.Guide is null || !others.Contains(guidance.Guide)) throw Fault($"{key}.guide", guidance.Guide is { } guide ? $"'{guide}'" : "nothing", $"{OneOf(others)}: a weaker model");
            if (Settings.Denoisers.GetValueOrDefault(guidance.Guide) is { LabelDropout: 1 }) throw Fault($"denoisers.{guidance.Guide}.label_dropout", 1, $"below 1: {key} asks it for labels");
        }
        else if (guidance.Guide is not null)
        {
            Known($"{key}.guide", guidance.Guide, Settings.Denoisers.Keys);
        }
    }

    private void Denoiser(string key, GuidanceSettings guidance, DenoiserOptions denoiser, string model, bool trained)
    {
        var needs = guidance.Guidance.Needs;
        if (denoiser.HasTimesteps())
        {
            if (!trained) Process(guidance.Denoiser, denoiser.Schedule, denoiser.Timesteps);
            if (Settings.Sampling.Steps > denoiser.Timesteps)
                throw Fault("sampling.steps", Settings.Sampling.Steps, $"at most {model}.timesteps, {denoiser.Timesteps}");
        }
        if (!denoiser.HasTimesteps() && needs.HasFlag(GuidanceNeeds.Timesteps))
            throw Fault($"{key}.kind", $"'{guidance.Kind}'", $"another guidance: {model} has no timesteps");
        if (!denoiser.Process().StartsWithSignal && needs.HasFlag(GuidanceNeeds.Signal))
            throw Fault($"{key}.kind", $"'{guidance.Kind}'", $"another guidance: samples of {model} start at noise alone, and it divides by the signal");
        if (!trained && needs.HasFlag(GuidanceNeeds.SoftLabels))
            throw Fault($"{key}.kind", $"'{guidance.Kind}'", $"another guidance: the {guidance.Denoiser} denoiser knows no soft labels");
    }

    private void Sampler(string key, GuidanceSettings guidance, DenoiserOptions denoiser, string model)
    {
        string sampler = guidance.SamplerIn(Settings.Sampling);
        var known = SamplerKind.For(denoiser.Process()).ToList();
        if (known.Find(one => one.Name == sampler) is not { } walker)
            throw Fault(guidance.Sampler is null ? "sampling.sampler" : $"{key}.sampler", $"'{sampler}'", $"{OneOf(known.Select(one => one.Name))}, the samplers of {model}");
        if (walker.Adaptive && !guidance.AllScales.All(guidance.Guidance.PartsMakeUpX))
            throw Fault($"{key}.kind", $"'{guidance.Kind}'", $"another guidance, or another sampler than {sampler}, which follows a flow that it has not");
    }

    private void Labels(string key, GuidanceSettings guidance, DenoiserOptions denoiser)
    {
        string dropout = $"denoisers.{guidance.Denoiser}.label_dropout";
        if (guidance.AllScales.Any(guidance.Guidance.AsksNull) && denoiser.LabelDropout == 0)
            throw Fault(dropout, 0, $"above 0, or no {key}.scales but 1: guidance needs the null label");
        if (guidance.Guidance.AsksLabels && denoiser.LabelDropout == 1)
            throw Fault(dropout, 1, $"below 1, or classifier guidance: {key} needs labels");
    }

    private void Known(string key, string name, IEnumerable<string> names)
    {
        if (name != VariantNames.Exact && !names.Contains(name)) throw Fault(key, $"'{name}'", OneOf(names.Append(VariantNames.Exact)));
    }
}
