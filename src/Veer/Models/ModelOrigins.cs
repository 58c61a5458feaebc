using System.Runtime.CompilerServices;

namespace Veer.Models;

/// <summary>
/// What the models in memory were trained or loaded as, beside them: denoisers and classifiers know nothing of files, and yet are saved whole.
/// </summary>
internal static class ModelOrigins
{
    private static readonly ConditionalWeakTable<object, ModelConfig> Known = [];

    /// <summary>Keeps the configuration for as long as the model is there.</summary>
    public static T Keep<T>(T model, ModelConfig config)
        where T : class
    {
        Known.Add(model, config);
        return model;
    }

    /// <summary>The configuration of a model.</summary>
    /// <exception cref="InvalidOperationException">It was neither trained nor loaded here.</exception>
    public static ModelConfig Of(object model) => Known.TryGetValue(model, out var config) ? config
        : throw new InvalidOperationException($"this {model.GetType().Name} was made of a network by hand: ModelFolder.Save writes the network with a configuration");
}
