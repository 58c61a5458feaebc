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
    public static Registry<Pairing> All { get; } = new("pairing", Nearest, Balanced, Random);
}
