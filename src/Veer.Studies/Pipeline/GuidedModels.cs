using Veer.Diffusion;
using Veer.Guidance;
using Veer.Sampling;
using Veer.Studies.Settings;

namespace Veer.Studies.Pipeline;

/// <summary>From a guidance's settings to the denoiser that it makes.</summary>
internal static class GuidedModels
{
    public static IDenoiser Create(GuidanceSettings guidance, double scale, RunContext context)
    {
        var guided = Unclipped(guidance, scale, context);
        bool usual = context.Data.IsImages && context.Process(guidance.Denoiser) is DiscreteProcess;
        return context.Settings.Sampling.Clip ?? usual ? new ClippedDenoiser(guided) : guided;
    }

    private static IDenoiser Unclipped(GuidanceSettings guidance, double scale, RunContext context)
    {
        var (kind, sampling) = (guidance.Guidance, context.Settings.Sampling);
        var sampler = SamplerKind.All.Named(guidance.SamplerIn(sampling));
        bool adaptive = sampler.Adaptive;
        var process = context.Process(guidance.Denoiser);
        return kind.Create(
            new(context.Denoiser(guidance.Denoiser, adaptive))
            {
                Classifier = kind.Needs.HasFlag(GuidanceNeeds.Classifier) ? context.Classifier(guidance.Classifier) : null,
                Guide = kind.Needs.HasFlag(GuidanceNeeds.Guide) ? context.Denoiser(guidance.Guide!, adaptive) : null,
                Data = kind.Needs.HasFlag(GuidanceNeeds.Data) ? context.Data.Train : null,
                Device = context.Run.Device,
                Process = process,
                Levels = sampler.Levels(process, sampling.Steps),
                Seed = context.Run.Seed,
                Options = GuidanceOptions.Of(guidance),
                Fitted = context.Fitted(guidance.Denoiser, sampler),
                Cancellation = context.Cancellation,
            },
            scale);
    }

    /// <summary>The models that a guidance asks, by the keys of their stages.</summary>
    public static IEnumerable<string> Keys(GuidanceSettings guidance, ModelStages models)
    {
        yield return models.DenoiserKey(guidance.Denoiser);
        if (guidance.Guidance.Needs.HasFlag(GuidanceNeeds.Classifier)) yield return models.ClassifierKey(guidance.Classifier);
        if (guidance.Guidance.Needs.HasFlag(GuidanceNeeds.Guide)) yield return models.DenoiserKey(guidance.Guide!);
    }
}
