using Veer.Diffusion;
using Veer.Models;
using Veer.Networks;
using static TorchSharp.torch;

namespace Veer.Postprocessing;

/// <summary>
/// The weights that a postprocessor's training begins with, from a rectified flow that ends at the same data: the generator, or an earlier
/// postprocessor. Both are velocities of straight ways to real points at t = 1, so that what one has learned of drawing them serves the other.
/// </summary>
internal static class StartingWeights
{
    /// <summary>Copies a model's weights; those of a generator's null label are left out.</summary>
    /// <param name="folder">A model of the same shape and classes.</param>
    /// <param name="network">The network that is to begin with them.</param>
    /// <param name="classes">Its number of classes.</param>
    /// <exception cref="InputException">It is no rectified flow, of other classes, or of another shape.</exception>
    public static void Copy(string folder, nn.Module network, int classes)
    {
        using var scope = NewDisposeScope();
        var (model, config) = ModelFolder.Load(folder);
        using var owned = model;
        bool postprocessor = config.Kind == "postprocessor";
        if (!postprocessor && config.Family != FlowDenoiser.Family)
            throw new InputException(folder, "family", $"'{config.Family ?? DdpmDenoiser.Family}'", $"'{FlowDenoiser.Family}': only a rectified flow can be begun with");
        if (config.Classes != classes) throw new InputException(folder, "classes", $"{config.Classes}", $"{classes}");
        var (from, to) = (StateTensors.Collect(model), StateTensors.Collect(network));
        if (!postprocessor) from = from.ToDictionary(entry => entry.Key, entry => WithoutNull(entry.Value, to.GetValueOrDefault(entry.Key)));
        StateTensors.Copy(folder, from, to);
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
