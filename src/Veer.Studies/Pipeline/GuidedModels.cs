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
        bool adaptive = guidance.SamplerIn(context.Settings.Sampling) == Samplers.Adaptive;
        var denoiser = context.Denoiser(guidance.Denoiser, adaptive);
        return guidance.Kind switch
        {
            "classifier" => new ClassifierGuidance(denoiser, context.Classifier(guidance.Classifier), scale),
            "autoguidance" => new Autoguidance(denoiser, context.Denoiser(guidance.Guide, adaptive), scale),
            "interval" => new IntervalGuidance(
                new ClassifierFreeGuidance(denoiser, scale), denoiser, guidance.LowestNoise, guidance.HighestNoise),
            "classifier-free-plus-plus" => new CfgPlusPlus(denoiser, scale),
            "condition-annealing" => new ClassifierFreeGuidance(Annealed(denoiser, guidance, context), scale),
            "rectified" => new ReCfg(denoiser, context.Ratios(guidance.Denoiser, adaptive), scale),
            _ => new ClassifierFreeGuidance(denoiser, scale),
        };
    }

    /// <summary>The models that a guidance asks, by the keys of their stages.</summary>
    public static string[] Keys(GuidanceSettings guidance, ModelStages models) => guidance.Kind switch
    {
        "classifier" => [models.DenoiserKey(guidance.Denoiser), models.ClassifierKey(guidance.Classifier)],
        "autoguidance" => [models.DenoiserKey(guidance.Denoiser), models.DenoiserKey(guidance.Guide)],
        _ => [models.DenoiserKey(guidance.Denoiser)],
    };

    private static Cads Annealed(IDenoiser denoiser, GuidanceSettings guidance, RunContext context) => new(
        denoiser, context.Schedule(guidance.Denoiser), context.Run.Seed,
        new() { NoiseScale = guidance.AnnealingNoise, Tau1 = guidance.AnnealingStart, Tau2 = guidance.AnnealingEnd });
}
