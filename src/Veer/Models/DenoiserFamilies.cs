using Veer.Networks;

namespace Veer.Models;

/// <summary>The families of denoisers, by name. Safe on several threads at once.</summary>
public static class DenoiserFamilies
{
    /// <summary>A discrete variance-preserving process; the one that is meant where none is named.</summary>
    public static DenoiserFamily Ddpm { get; } = new DdpmFamily();

    /// <summary>A rectified flow from noise to data.</summary>
    public static DenoiserFamily Flow { get; } = new FlowFamily();

    /// <summary>EDM's preconditioning on the variance-exploding path.</summary>
    public static DenoiserFamily Edm { get; } = new EdmFamily();

    /// <summary>All that are registered; one that is added is named by settings, trained and loaded.</summary>
    public static Registry<DenoiserFamily> All { get; } = new("family", Ddpm, Flow, Edm);

    /// <summary>The family of a name; null: <see cref="Ddpm"/>.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="file">Where the name stands, for the error.</param>
    /// <exception cref="InputException">There is none of that name.</exception>
    public static DenoiserFamily Named(string? name, string file = "denoiser") => name is null ? Ddpm
        : All.Find(name)
        ?? throw new InputException(file, "family", $"'{name}'", $"one of {string.Join(", ", All.Names)}");

    /// <summary>The family that a configuration says; one of EDM's networks or preconditioning is EDM's without a name.</summary>
    internal static DenoiserFamily Of(ModelConfig config, string file) =>
        config.SigmaData is not null || config.Network is SongUNetOptions ? Edm : Named(config.Family, file);
}
