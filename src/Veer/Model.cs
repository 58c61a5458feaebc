using Veer.Diffusion;
using Veer.Guidance;
using Veer.Networks;
using static TorchSharp.torch;

namespace Veer;

/// <summary>Trained denoisers and classifiers on disk.</summary>
public static class Model
{
    /// <summary>Loads a denoiser that a training left.</summary>
    /// <param name="folder">Holds <c>model.safetensors</c> and <c>config.json</c>.</param>
    /// <param name="device">Where to put it; the CPU if not given.</param>
    /// <exception cref="InputException">The folder holds no denoiser, or a broken one.</exception>
    public static NetworkDenoiser Load(string folder, Device? device = null)
    {
        var (network, config) = Load(folder, "denoiser", device);
        return new NetworkDenoiser(network, Schedule(config), config.Classes, config.LabelDropout);
    }

    /// <summary>Loads a noisy classifier that a training left.</summary>
    /// <param name="folder">Holds <c>model.safetensors</c> and <c>config.json</c>.</param>
    /// <param name="device">Where to put it; the CPU if not given.</param>
    /// <exception cref="InputException">The folder holds no classifier, or a broken one.</exception>
    public static NetworkClassifier LoadClassifier(string folder, Device? device = null)
    {
        var (network, config) = Load(folder, "classifier", device);
        return new NetworkClassifier(network, Schedule(config), config.Classes);
    }

    private static (nn.Module<Tensor, Tensor, Tensor, Tensor> Network, ModelConfig Config) Load(string folder, string kind, Device? device)
    {
        var (network, config) = ModelFolder.Load(folder, device);
        if (config.Kind != kind) throw new InputException(folder, "kind", $"'{config.Kind}'", $"'{kind}'");
        return (network, config);
    }

    private static NoiseSchedule Schedule(ModelConfig config) => NoiseSchedule.Named(config.Schedule ?? "linear", config.Timesteps ?? 1000);
}
