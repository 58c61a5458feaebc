using System.Globalization;
using Veer.Studies.Pipeline;

namespace Veer.Studies.Settings;

/// <summary>Settings that are each within their range and yet cannot stand together: told at once, not after an hour of training.</summary>
internal static class Contradictions
{
    /// <summary>Below, the last beta of the linear schedule reaches 1 (<see cref="Diffusion.NoiseSchedule.Linear"/>).</summary>
    private const int LeastLinearTimesteps = 21;

    /// <exception cref="InputException">One line that names the key, what was found and what is allowed.</exception>
    public static void Refuse(StudySettings settings, string file)
    {
        var (denoiser, sampling, scales) = (settings.Denoiser, settings.Sampling, settings.Guidance.Scales);
        if (denoiser.Schedule == "linear" && denoiser.Timesteps < LeastLinearTimesteps)
            throw Fault("denoiser.timesteps", denoiser.Timesteps, $"at least {LeastLinearTimesteps} with the linear schedule");
        if (sampling.Steps > denoiser.Timesteps)
            throw Fault("sampling.steps", sampling.Steps, $"at most denoiser.timesteps, {denoiser.Timesteps}");
        if (sampling.TrainingSamples < scales.Count)
            throw Fault("sampling.training_samples", sampling.TrainingSamples, $"at least {scales.Count}: one for each scale");
        if (denoiser.LabelDropout == 0 && scales.Any(scale => scale != 1))
            throw Fault("denoiser.label_dropout", 0, "above 0, or no guidance.scales but 1: guidance needs the null label");
        // a scale's files and stages bear its text
        var twice = scales.GroupBy(RunPaths.Text).FirstOrDefault(same => same.Count() > 1);
        if (twice is not null) throw Fault("guidance.scales", string.Join(", ", twice), "scales that differ within four decimals");

        InputException Fault(string key, object found, string expected) =>
            new(file, key, string.Create(CultureInfo.InvariantCulture, $"{found}"), expected);
    }
}
