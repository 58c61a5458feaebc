using Veer.Networks;

namespace Veer.Models;

/// <summary>The families of denoisers, by name. Safe on several threads at once.</summary>
public static class DenoiserFamilies
{
    private static readonly Lock Gate = new();
    private static IReadOnlyList<DenoiserFamily> all;

    static DenoiserFamilies() => all = [Ddpm, Flow, Edm];

    /// <summary>A discrete variance-preserving process; the one that is meant where none is named.</summary>
    public static DenoiserFamily Ddpm { get; } = new DdpmFamily();

    /// <summary>A rectified flow from noise to data.</summary>
    public static DenoiserFamily Flow { get; } = new FlowFamily();

    /// <summary>EDM's preconditioning on the variance-exploding path.</summary>
    public static DenoiserFamily Edm { get; } = new EdmFamily();

    /// <summary>All that are registered.</summary>
    public static IReadOnlyList<DenoiserFamily> All => all;

    /// <summary>Makes a family one that settings name, that is trained and that is loaded.</summary>
    /// <exception cref="ArgumentException">There is another family of that name.</exception>
    public static void Register(DenoiserFamily family)
    {
        lock (Gate)
        {
            if (all.Contains(family)) return;
            if (all.Any(known => known.Name == family.Name)) throw new ArgumentException($"there is a family '{family.Name}'", nameof(family));
            all = [.. all, family];
        }
    }

    /// <summary>The family of a name; null: <see cref="Ddpm"/>.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="file">Where the name stands, for the error.</param>
    /// <exception cref="InputException">There is none of that name.</exception>
    public static DenoiserFamily Named(string? name, string file = "denoiser") => name is null ? Ddpm
        : all.FirstOrDefault(family => family.Name == name)
        ?? throw new InputException(file, "family", $"'{name}'", $"one of {string.Join(", ", all.Select(family => family.Name))}");

    /// <summary>The family that a configuration says; one of EDM's networks or preconditioning is EDM's without a name.</summary>
    internal static DenoiserFamily Of(ModelConfig config, string file) =>
        config.SigmaData is not null || config.Network is SongUNetOptions ? Edm : Named(config.Family, file);
}

/// <summary>The name of a family of denoisers.</summary>
internal sealed class FamilyNameAttribute() : OneOfAttribute(() => DenoiserFamilies.All.Select(family => family.Name));
