using System.Runtime.CompilerServices;
using Veer.Diffusion;
using Veer.Guidance;
using Veer.Networks;
using Veer.Runtime;

namespace Veer.Models;

/// <summary>Trained denoisers and classifiers on disk. What is loaded belongs to the caller, whatever dispose scope is open: dispose of it.</summary>
public static class Model
{
    private static readonly ConditionalWeakTable<object, ModelConfig> Origins = [];

    /// <summary>Loads a denoiser that a training left.</summary>
    /// <param name="folder">Holds <c>model.safetensors</c> and <c>config.json</c>.</param>
    /// <param name="device">Where to put it; the CPU if not given.</param>
    /// <param name="precision">Compute dtype of a UNet.</param>
    /// <exception cref="InputException">The folder holds no denoiser, or a broken one.</exception>
    public static NetworkDenoiser Load(string folder, Device? device = null, Precision precision = Precision.Float32) =>
        Load(folder, "denoiser", device, precision, (network, config) => DenoiserFamilies.Of(config, folder).Create(network, config, folder));

    /// <summary>Loads a noisy classifier that a training left.</summary>
    /// <inheritdoc cref="Load(string, Device?, Precision)" path="/param"/>
    /// <exception cref="InputException">The folder holds no classifier, or a broken one.</exception>
    public static NetworkClassifier LoadClassifier(string folder, Device? device = null, Precision precision = Precision.Float32) => Load(
        folder, "classifier", device, precision,
        (network, config) => new NetworkClassifier(network, config.CreateSchedule(), config.Classes) { SampleShape = config.PointShape() });

    /// <summary>Saves a denoiser that was trained or loaded, with all that its configuration said.</summary>
    /// <param name="denoiser">The denoiser.</param>
    /// <param name="folder">Where <c>model.safetensors</c> and <c>config.json</c> go; made if missing.</param>
    /// <exception cref="InvalidOperationException">It was made of a network by hand: <see cref="ModelFolder.Save"/> has a place for its configuration.</exception>
    /// <exception cref="ArgumentException">Its network is of no registered kind (<see cref="NetworkKinds"/>).</exception>
    public static void Save(this NetworkDenoiser denoiser, string folder) => ModelFolder.Save(folder, denoiser.Network, Origin(denoiser));

    /// <summary>Saves a classifier that was trained or loaded, as <see cref="Save(NetworkDenoiser, string)"/> a denoiser.</summary>
    /// <param name="classifier">The classifier.</param>
    /// <param name="folder">Where both files go; made if missing.</param>
    public static void Save(this NetworkClassifier classifier, string folder) => ModelFolder.Save(folder, classifier.Network, Origin(classifier));

    private static T Load<T>(string folder, string kind, Device? device, Precision precision, Func<ConditionalNetwork, ModelConfig, T> create)
        where T : class
    {
        var (loaded, config) = ModelFolder.Load(folder, device, precision);
        return loaded.OrDispose(network => config.Kind == kind
            ? Keep(create(network, config), config)
            : throw new InputException(folder, "kind", $"'{config.Kind}'", $"'{kind}'"));
    }

    /// <summary>Keeps the configuration of a model for as long as the model is there: it knows nothing of files, and yet is saved whole.</summary>
    internal static T Keep<T>(T model, ModelConfig config)
        where T : class
    {
        Origins.Add(model, config);
        return model;
    }

    /// <exception cref="InvalidOperationException">The model was neither trained nor loaded here.</exception>
    private static ModelConfig Origin(object model) => Origins.TryGetValue(model, out var config) ? config
        : throw new InvalidOperationException($"this {model.GetType().Name} was made of a network by hand: ModelFolder.Save writes the network with a configuration");
}
