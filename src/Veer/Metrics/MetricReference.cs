using Veer.ClosedForm;
using Veer.Data;

namespace Veer.Metrics;

/// <summary>What samples are measured against; one serves many sets.</summary>
/// <param name="heldOut">[M, ...] real samples of every class that no model has seen.</param>
public sealed class MetricReference(LabeledData heldOut) : IDisposable
{
    internal const int DefaultMatchedPoints = 1000;

    private readonly Dictionary<Type, object> made = [];

    /// <summary>Real samples of every class that no model has seen, as they are.</summary>
    public LabeledData HeldOut { get; } = heldOut;

    /// <summary>[M, D] real samples where distributions are compared: the held-out ones as vectors, or the features of images.</summary>
    public Tensor Points { get; init; } = heldOut.Points.flatten(1);

    /// <summary>The one class that samples and <see cref="Points"/> are of; null if they are of all.</summary>
    public int? Label { get; private init; }

    /// <summary>The reference of all classes that this one is a part of; itself, if it is of all.</summary>
    public MetricReference Whole { get => field ?? this; private init; }

    /// <summary>
    /// [T, D] the real samples that the generator was trained on, where distributions are compared; null where they are not known. Often they are
    /// <see cref="Points"/> themselves.
    /// </summary>
    public Tensor? Training { get; init; }

    /// <summary>[U, D] real samples of the same distribution that the generator never saw, in the same space; null where there are none.</summary>
    public Tensor? Unseen { get; init; }

    /// <summary>
    /// Mean and covariance of real samples where distributions are compared, where they are known otherwise than from <see cref="Points"/>:
    /// from a file of <see cref="FrechetStatistics"/>. Fréchet distances need no more; null if they are to be taken of the points.
    /// </summary>
    public FeatureMoments? Moments { get; init; }

    /// <summary>The true distribution, where it is known.</summary>
    public GaussianMixture? Truth { get; init; }

    /// <summary>Directions of <see cref="SlicedWasserstein"/>.</summary>
    public int Directions { get; init; } = SlicedWasserstein.DefaultDirections;

    /// <summary>Points of either set that <see cref="Wasserstein"/> matches at most.</summary>
    public int MatchedPoints { get; init; } = DefaultMatchedPoints;

    /// <summary>How many times the real samples the whole is: 1, or more where they are one random subset of many, which tell the error of a number.</summary>
    public int Divisor { get; init; } = 1;

    /// <summary>Whether they are such a subset: beside its own noise that of fewer directions does not count.</summary>
    public bool IsSubset => Divisor > 1;

    /// <summary>Draws directions and subsets.</summary>
    public long Seed { get; init; }

    /// <summary>The same for samples of one class: <see cref="Points"/> are the held-out ones of it, as vectors.</summary>
    public MetricReference OfClass(int label) => new(HeldOut)
    {
        Points = HeldOut.OfClass(label).flatten(1),
        Label = label,
        Whole = Whole,
        Truth = Truth,
        Directions = Directions,
        MatchedPoints = MatchedPoints,
        Divisor = Divisor,
        Seed = Seed,
    };

    /// <summary>What metrics prepare once for all sets, one of each type. Its tensors must outlive the dispose scope that is open.</summary>
    /// <param name="make">Makes it when it is first asked for.</param>
    public T Once<T>(Func<T> make)
        where T : notnull => (T)made.Once(typeof(T), () => make());

    /// <summary>Frees what metrics prepared; the points stay.</summary>
    public void Dispose()
    {
        foreach (var one in made.Values) (one as IDisposable)?.Dispose();
    }
}
