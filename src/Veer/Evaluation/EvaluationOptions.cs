using System.ComponentModel.DataAnnotations;
using Veer.Data;
using Veer.Features;

namespace Veer.Evaluation;

/// <summary>How samples are evaluated.</summary>
public sealed record EvaluationOptions
{
    /// <summary>The metrics, by the names that <see cref="Metrics.MetricRegistry"/> knows; those usual for the samples, if not given.</summary>
    [MinLength(1)]
    public IReadOnlyList<string>? Metrics { get; init; }

    /// <summary>Where images are compared; their pixels, if not given. It stays the caller's. Vectors are compared as they are.</summary>
    public IFeatureSpace? Space { get; init; }

    /// <summary>
    /// Real points beside the reference. With them the reference counts as what the generator was trained on, and these as what it never saw: they are
    /// the floor, and tell memorisation. Without them the floor is one part of the reference against the other.
    /// </summary>
    public LabeledData? Unseen { get; init; }

    /// <summary>
    /// All that the generator, or a repair of its samples, was trained on. With <see cref="Unseen"/> points the reference is a part of it; the reference itself, if not
    /// given. Without them the reference counts as what was never seen, and these are the floor: samples that were led towards training points are nearer to
    /// these than to other real ones, which alone tell how good they are.
    /// </summary>
    public LabeledData? Training { get; init; }

    /// <summary>Whether nothing was trained on the reference.</summary>
    internal bool ReferenceIsUnseen => Unseen is null && Training is not null;

    /// <summary>Names of the classes, by their numbers; their numbers themselves, if not given.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>Whether each class is measured by itself too, where samples and reference have labels.</summary>
    public bool PerClass { get; init; } = true;

    /// <summary>Random subsets from which intervals are told; of sets that take long, half as many. Below 2: no intervals.</summary>
    [Range(0, 10_000)]
    public int Subsets { get; init; } = 40;

    /// <summary>Pairs of a sample and its nearest point of the reference, or of <see cref="Training"/> where nothing was trained on the reference, that are told of each set, the closest first.</summary>
    [Range(0, 1000)]
    public int Closest { get; init; }

    /// <summary>Draws subsets, directions and the floor.</summary>
    public long Seed { get; init; }

    /// <summary>Number of directions of sliced distances.</summary>
    [Range(1, 100_000)]
    public int Directions { get; init; } = Veer.Metrics.SlicedWasserstein.DefaultDirections;
}
