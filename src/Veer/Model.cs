using Veer.Diffusion;
using Veer.Networks;
using static TorchSharp.torch;

namespace Veer;

/// <summary>Trained denoisers on disk.</summary>
public static class Model
{
    /// <summary>Loads a denoiser that a training left.</summary>
    /// <param name="folder">Holds <c>model.safetensors</c> and <c>config.json</c>.</param>
    /// <param name="device">Where to put it; the CPU if not given.</param>
    /// <exception cref="InputException">The folder holds no denoiser, or a broken one.</exception>
    public static NetworkDenoiser Load(string folder, Device? device = null)
    {
        var (network, config) = ModelFolder.Load(folder, device);
        if (config.Kind != "denoiser") throw new InputException(folder, "kind", $"'{config.Kind}'", "'denoiser'");
        var schedule = NoiseSchedule.Named(config.Schedule ?? "linear", config.Timesteps ?? 1000);
        return new NetworkDenoiser(network, schedule, config.Classes, config.LabelDropout);
    }
}
