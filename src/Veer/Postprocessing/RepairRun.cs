using Veer.Features;
using Veer.Training;

namespace Veer.Postprocessing;

/// <summary>Where and how samples are repaired by <see cref="Repair"/>.</summary>
public sealed record RepairRun : TrainingRun
{
    /// <summary>How to fit; as <see cref="FitRecipe.For"/> says of the points to train on, if not given.</summary>
    public FitRecipe? Recipe { get; init; }

    /// <summary>Told, before the training, the share of the pairing that is done, 0 to 1.</summary>
    public IProgress<double>? PairingProgress { get; init; }

    /// <summary>Names of the classes, in the order of their labels, kept with the postprocessor (<see cref="PostprocessorRun.ClassNames"/>); not looked at where classes are not used.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>Where images are compared, to be paired and measured; their values themselves, if not given. It stays the caller's. Real images are seen twice: <see cref="CachedFeatures"/> around it spare the second time.</summary>
    public IFeatureSpace? Space { get; init; }

    /// <summary>The strengths to choose from; <see cref="StrengthCurve.Usual"/>, if not given.</summary>
    public IReadOnlyList<double>? Strengths { get; init; }
}
