using Veer.Data;
using Veer.Diffusion;
using Veer.Networks;
using Veer.Training;

namespace Veer.Models;

/// <summary>
/// A family of denoisers: all that hangs on what the network predicts, in one place. One of your own is registered with
/// <see cref="DenoiserFamilies.All"/>. Families have no state: they are safe on several threads at once.
/// </summary>
public abstract class DenoiserFamily : IRegistered<DenoiserFamily>
{
    /// <inheritdoc/>
    public static Registry<DenoiserFamily> All => DenoiserFamilies.All;

    /// <summary>What settings and <c>config.json</c> call it.</summary>
    public abstract string Name { get; }

    /// <summary>What people call it, with its source.</summary>
    public abstract string Title { get; }

    /// <summary>What its network predicts, in a formula.</summary>
    public abstract string Predicts { get; }

    /// <summary>Whether its process has a schedule and timesteps.</summary>
    public virtual bool HasTimesteps => false;

    /// <summary>What its denoisers are trained to undo.</summary>
    public abstract NoisingProcess Process(DenoiserOptions options);

    /// <summary>The network that options choose for points of a shape.</summary>
    /// <param name="options">The sizes to choose from.</param>
    /// <param name="point">[D], or [C, H, W].</param>
    /// <param name="classes">Number of classes C.</param>
    /// <exception cref="InputException">The network does not fit the points.</exception>
    public virtual INetworkOptions Network(DenoiserOptions options, long[] point, int classes) =>
        NetworkChoice.For(options.Network, options.Unet, point, classes + 1, "denoiser");

    /// <summary>Refuses a choice of network that the family has no use for.</summary>
    /// <param name="options">The choice.</param>
    /// <param name="fault">Makes the error, of a field, what was found and what is expected.</param>
    internal virtual void Validate(DenoiserOptions options, Func<string, string, string, InputException> fault)
    {
        if (options.Song is not null) throw fault("song", "a UNet of EDM", $"none, or family: {DenoiserFamilies.Edm.Name}");
    }

    /// <summary>What a configuration says of such a denoiser beside what it says of every one.</summary>
    /// <param name="config">All the rest.</param>
    /// <param name="options">How it is trained.</param>
    public virtual ModelConfig Describe(ModelConfig config, DenoiserOptions options) => config;

    /// <summary>The denoiser that a configuration describes; the network becomes its own.</summary>
    /// <param name="network">The network.</param>
    /// <param name="config">What the folder says.</param>
    /// <param name="file">Where that stands, for errors.</param>
    /// <exception cref="InputException">The configuration lacks something.</exception>
    public abstract NetworkDenoiser Create(ConditionalNetwork network, ModelConfig config, string file);

    /// <summary>What its training minimises.</summary>
    /// <param name="network">The network to train.</param>
    /// <param name="config">What it will be.</param>
    /// <param name="data">Training points, on the device of the network.</param>
    /// <param name="options">How it is trained.</param>
    public abstract IObjective Objective(ConditionalNetwork network, ModelConfig config, LabeledData data, DenoiserOptions options);
}
