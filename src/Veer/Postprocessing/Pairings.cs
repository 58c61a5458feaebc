namespace Veer.Postprocessing;

/// <summary>The pairings, by name. Targets of your own need none of them: <see cref="PostprocessorRun.Targets"/>.</summary>
public static class Pairings
{
    /// <summary>A sample's nearest real points: the paper's.</summary>
    public static Pairing Nearest { get; } = new NearestPairing();

    /// <summary>A one-to-one matching of random blocks, which uses all real points evenly; what is meant where nothing is said.</summary>
    public static Pairing Balanced { get; } = new BlockPairing();

    /// <summary>Any real point: the control.</summary>
    public static Pairing Random { get; } = new RandomPairing();

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Pairing> All { get; } = [Nearest, Balanced, Random];

    /// <summary>The pairing of a name.</summary>
    /// <exception cref="InputException">There is none.</exception>
    public static Pairing Named(string name) => All.FirstOrDefault(pairing => pairing.Name == name)
        ?? throw new InputException("postprocessor", "pairing", $"'{name}'", $"one of {string.Join(", ", All.Select(pairing => pairing.Name))}");
}

/// <summary>The name of a pairing.</summary>
internal sealed class PairingNameAttribute() : OneOfAttribute(() => Pairings.All.Select(pairing => pairing.Name));
