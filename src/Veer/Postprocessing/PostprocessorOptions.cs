using System.ComponentModel.DataAnnotations;
using Veer.Networks;
using Veer.Training;

namespace Veer.Postprocessing;

/// <summary>
/// What a postprocessing flow is and how it is trained: settings, which JSON can hold. Where it is trained is <see cref="PostprocessorRun"/>'s.
/// </summary>
public record PostprocessorOptions
{
    /// <summary>k: each sample's possible targets are its k nearest real points; at least 1.</summary>
    [Range(1, 100_000)]
    public int Neighbors { get; init; } = 20;

    /// <summary>Look for targets among the real points of the sample's own class only.</summary>
    public bool MatchClasses { get; init; } = true;

    /// <summary>
    /// Which real points a sample is trained towards, one of them drawn at every iteration: one of <see cref="Pairings"/>. "nearest", its
    /// <see cref="Neighbors"/> nearest ones (the paper); "balanced", those of an exact one-to-one matching of random blocks, which uses all real
    /// points evenly and so wins back the coverage that guidance costs (<see cref="Matching.BalancedPairing"/>); "random", any of its class.
    /// </summary>
    [Registered<Pairing>]
    public string Pairing { get; init; } = Pairings.Balanced.Name;

    /// <summary>Balanced pairing: samples and real points per block.</summary>
    [Range(1, 10_000)]
    public int BlockSize { get; init; } = 250;

    /// <summary>Balanced pairing: how often the blocks are drawn anew, which is how many balanced targets a sample has.</summary>
    [Range(1, 1000)]
    public int Rounds { get; init; } = 12;

    /// <summary>Balanced pairing: the share of draws that come from the sample's nearest real points, not its balanced ones.</summary>
    [Range(0.0, 1.0)]
    public double NearestShare { get; init; }

    /// <summary>Size of the network, for vectors; without Fourier features it does not learn fine structure.</summary>
    public MlpSize Network { get; init; } = new();

    /// <summary>Size of the network, for images.</summary>
    public AdmSize? Unet { get; init; }

    /// <summary>
    /// Vectors of any unit: the network sees each coordinate with the real points' mean taken off and divided by their standard deviation, and
    /// they are paired so. <see cref="MlpSize.FourierFrequency"/> is then in radians per standard deviation. Not given: no.
    /// </summary>
    public bool? Standardise { get; init; }

    /// <summary>When the training ends early; only with <see cref="PostprocessorRun.HeldOut"/> points. Not given, with such points: as its defaults say.</summary>
    public EarlyStopping? Stopping { get; init; }

    /// <summary>Steps, batch size and learning rate: as much as a few thousand vectors ask for. More samples, and images, ask for more.</summary>
    public TrainingOptions Training { get; init; } = TrainingOptions.Brief;
}
