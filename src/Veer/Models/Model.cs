using Veer.Diffusion;
using Veer.Guidance;
using Veer.Networks;
using Veer.Runtime;
using static TorchSharp.torch;

namespace Veer.Models;

/// <summary>Trained denoisers and classifiers on disk.</summary>
public static class Model
{
    /// <summary>Loads a denoiser that a training left.</summary>
    /// <param name="folder">Holds <c>model.safetensors</c> and <c>config.json</c>.</param>
    /// <param name="device">Where to put it; the CPU if not given.</param>
    /// <param name="precision">What a UNet calculates in.</param>
    /// <exception cref="InputException">The folder holds no denoiser, or a broken one.</exception>
    public static NetworkDenoiser Load(string folder, Device? device = null, Precision precision = Precision.Float32)
    {
        var (network, config) = Load(folder, "denoiser", device, precision);
        if (config.SigmaData is <= 0 || (config.SigmaData is null && config.Song is not null))
        {
            string found = config.SigmaData is { } number ? FormattableString.Invariant($"{number}") : "none";
            throw new InputException(folder, "sigma_data", found, "the data's standard deviation, above 0: an EDM denoiser has one");
        }
        if (config.Song is { Classes: > 0 } song && song.Classes != config.Classes)
            throw new InputException(folder, "song.classes", $"{song.Classes}", $"{config.Classes}, the model's classes, or 0");
        return DenoiserFamilies.Create(network, config);
    }

    /// <summary>Loads a noisy classifier that a training left.</summary>
    /// <param name="folder">Holds <c>model.safetensors</c> and <c>config.json</c>.</param>
    /// <param name="device">Where to put it; the CPU if not given.</param>
    /// <param name="precision">What an encoder calculates in.</param>
    /// <exception cref="InputException">The folder holds no classifier, or a broken one.</exception>
    public static NetworkClassifier LoadClassifier(string folder, Device? device = null, Precision precision = Precision.Float32)
    {
        var (network, config) = Load(folder, "classifier", device, precision);
        return new NetworkClassifier(network, config.Process(), config.Classes) { SampleShape = config.PointShape() };
    }

    private static (ConditionalNetwork Network, ModelConfig Config) Load(
        string folder, string kind, Device? device, Precision precision)
    {
        var (network, config) = ModelFolder.Load(folder, device, precision);
        if (config.Kind != kind) throw new InputException(folder, "kind", $"'{config.Kind}'", $"'{kind}'");
        return (network, config);
    }
}
