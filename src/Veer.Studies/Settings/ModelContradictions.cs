using Veer.Networks;

namespace Veer.Studies.Settings;

/// <summary>Networks for the data, and schedules that their timesteps can have.</summary>
internal sealed class ModelContradictions(StudySettings settings, string file) : Contradictions(settings, file)
{
    /// <inheritdoc/>
    public override void Check()
    {
        foreach (var (name, denoiser) in Settings.Denoisers.Where(entry => entry.Value.Song is null)) Network($"denoisers.{name}", denoiser.Unet);
        foreach (var (name, postprocessor) in Settings.Postprocessors) Network($"postprocessors.{name}", postprocessor.Unet);
        foreach (var (name, denoiser) in Settings.Denoisers.Where(entry => entry.Value.HasTimesteps()))
            Process($"denoisers.{name}", denoiser.Schedule, denoiser.Timesteps);
        foreach (var (name, classifier) in Settings.Classifiers) Process($"classifiers.{name}", classifier.Schedule, classifier.Timesteps);
    }

    private void Network(string key, AdmSize? unet)
    {
        if (Settings.Data.IsImages && unet is null) throw Fault($"{key}.unet", "nothing", "the size of a UNet: the data are images");
        if (!Settings.Data.IsImages && unet is not null) throw Fault($"{key}.unet", "a UNet", "none: the data are no images");
    }
}
