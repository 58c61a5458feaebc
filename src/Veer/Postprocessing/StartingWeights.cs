using Veer.Diffusion;
using Veer.Models;
using Veer.Networks;

namespace Veer.Postprocessing;

/// <summary>
/// A warm start: the weights that a postprocessor's training begins with, from a rectified flow that ends at the same data: the generator, or an earlier
/// postprocessor. Both are velocities of straight paths to real points at t = 1, so that what one has learned serves the other.
/// The model must have a network of the same shape, and the same classes.
/// </summary>
public sealed class StartingWeights
{
    private readonly string name;
    private readonly Func<Source> open;

    private StartingWeights(string name, Func<Source> open) => (this.name, this.open) = (name, open);

    private sealed record Source(ConditionalNetwork Network, int Classes, bool Labeled, bool Read, Standardisation? Standardisation = null);

    /// <summary>Those of a model's folder, which is read when the training begins.</summary>
    public static StartingWeights From(string folder) => new(folder, () =>
    {
        var (network, config) = ModelFolder.Load(folder);
        bool postprocessor = config.Kind == Postprocessor.Kind;
        if (postprocessor || DenoiserFamilies.Of(config, folder) == DenoiserFamilies.Flow) return new(network, config.Classes, !postprocessor, Read: true, config.Standardisation);
        network.Dispose();
        throw new InputException(
            folder, "family", $"'{DenoiserFamilies.Of(config, folder).Name}'", $"'{DenoiserFamilies.Flow.Name}': only a rectified flow can be begun with");
    });

    /// <summary>Those of a postprocessor, which must be there when the training begins.</summary>
    public static StartingWeights From(Postprocessor postprocessor) =>
        new(Postprocessor.Kind, () => new(postprocessor.Network, postprocessor.Classes, Labeled: false, Read: false, postprocessor.Standardisation));

    /// <summary>Those of a generator, which must be there when the training begins.</summary>
    public static StartingWeights From(FlowDenoiser generator) =>
        new("generator", () => new(generator.Network, generator.Classes, Labeled: true, Read: false));

    /// <summary>Copies the weights; those of a generator's null label are left out.</summary>
    /// <param name="network">The network that is to begin with them.</param>
    /// <param name="classes">Its number of classes.</param>
    /// <exception cref="InputException">It is no rectified flow, of other classes, or of another shape.</exception>
    internal void CopyTo(nn.Module network, int classes)
    {
        using var scope = NewDisposeScope();
        var source = open();
        using var owned = source.Read ? source.Network : null;
        if (source.Standardisation is not null)
            throw new InputException(name, "standardisation", "one of its own", "none: weights that know standardised vectors serve no others");
        if (source.Classes != classes) throw new InputException(name, "classes", $"{source.Classes}", $"{classes}");
        var (from, to) = (StateTensors.Collect(source.Network), StateTensors.Collect(network));
        if (source.Labeled) from = from.ToDictionary(entry => entry.Key, entry => WithoutNull(entry.Value, to.GetValueOrDefault(entry.Key)));
        StateTensors.Copy(name, from, to);
    }

    /// <summary>The weights of the classes alone: the null label is the last along the one axis that is longer by one.</summary>
    private static Tensor WithoutNull(Tensor weights, Tensor? wanted)
    {
        if (wanted is null || weights.dim() != wanted.dim()) return weights;
        long[] excess = [.. weights.shape.Zip(wanted.shape, (has, wants) => has - wants)];
        int axis = Array.IndexOf(excess, 1);
        return axis >= 0 ? weights.narrow(axis, 0, wanted.shape[axis]) : weights;
    }
}
