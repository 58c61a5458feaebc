using Veer.Data;
using Veer.Matching;
using Veer.Training;

namespace Veer.Postprocessing;

/// <summary>A way to choose the real points that samples are trained towards; <see cref="Pairings"/> knows all. It has no state.</summary>
public abstract class Pairing : IRegistered<Pairing>
{
    /// <inheritdoc/>
    public static Registry<Pairing> All => Pairings.All;

    /// <summary>What options call it.</summary>
    public abstract string Name { get; }

    /// <summary>What it does, in a few words.</summary>
    public abstract string Title { get; }

    /// <summary>Where it comes from.</summary>
    public abstract string Source { get; }

    /// <summary>The options that it reads, by the names of their properties.</summary>
    /// <param name="options">Some hang on others.</param>
    public abstract IEnumerable<string> Reads(PostprocessorOptions options);

    /// <summary>Makes the targets of all samples. They belong to the caller's dispose scope, and are on the device of the samples.</summary>
    /// <param name="samples">The samples, [N, D].</param>
    /// <param name="real">Real points of the same space and classes, [M, D].</param>
    /// <param name="options">All of <see cref="Reads"/>.</param>
    /// <param name="seed">Seed of what is drawn.</param>
    /// <param name="progress">Told the share of samples that have their targets, 0 to 1.</param>
    /// <param name="cancellation">Stops the search.</param>
    /// <exception cref="InputException">A class has too few real points.</exception>
    public abstract ITargets Match(
        LabeledData samples, LabeledData real, PostprocessorOptions options, long seed,
        IProgress<double>? progress = null, CancellationToken cancellation = default);

    /// <summary>The points as options see them: of their classes, or all of one.</summary>
    private protected static LabeledData Classes(LabeledData data, PostprocessorOptions options) =>
        options.MatchClasses ? data : data.OfOneClass();

    /// <summary>Progress of a part of the work.</summary>
    private protected static PartOfProgress? Part(IProgress<double>? whole, double before, double share) =>
        whole is null ? null : new(whole, before, share);
}
