using Veer.Features;
using Veer.Training;

namespace Veer.Postprocessing;

/// <summary>Where and how a postprocessor is trained.</summary>
public sealed record PostprocessorRun : TrainingRun
{
    /// <summary>Told, before the training, the share of the pairing that is done, 0 to 1.</summary>
    public IProgress<double>? PairingProgress { get; init; }

    /// <summary>Names of the classes, in the order of their labels; they are kept with the model, by which <c>veer postprocess apply</c> knows samples of a few classes or in another order.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>
    /// How the labels of samples, held-out ones too, tell guidance scales, as <see cref="ScaleLabels.Of"/> gives them; it is kept with the model. Those of real points, which are of
    /// every scale, are classes alone; so are all, where it is not given.
    /// </summary>
    public ScaleLabels? Scales { get; init; }

    /// <summary>Where images are compared to be paired; their values themselves, if not given. It stays the caller's.</summary>
    public IFeatureSpace? Space { get; init; }

    /// <summary>
    /// Warm start: the weights to begin with; random ones, if not given. A short training that begins with a generator's ends far better
    /// (docs/results/cifar10.md).
    /// </summary>
    public StartingWeights? Start { get; init; }

    /// <summary>
    /// Targets of your own, in the place of a <see cref="PostprocessorOptions.Pairing"/>: rows of the real points for the rows of the samples, on
    /// the device of the training.
    /// </summary>
    public ITargets? Targets { get; init; }

    /// <summary>
    /// Points that early stopping measures, of the same space and classes, none of them trained on: the training ends where their distance falls
    /// no longer (<see cref="PostprocessorOptions.Stopping"/>), and the weights that brought them nearest are kept. Not given: it goes to its last step.
    /// </summary>
    public HeldOut? HeldOut { get; init; }

    /// <summary>Where held-out images are compared; where images are paired, if not given. It stays the caller's.</summary>
    public IFeatureSpace? HeldOutSpace { get; init; }
}
