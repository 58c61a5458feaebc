using Veer.Data;

namespace Veer.Metrics;

/// <summary>Samples, and what they are measured against.</summary>
/// <param name="samples">[N, ...] samples with the labels that they were asked for; of one class, if the reference is.</param>
/// <param name="real">The reference.</param>
public sealed class MetricSet(LabeledData samples, MetricReference real)
{
    private readonly Dictionary<Type, object> made = [];

    /// <summary>The samples as they are.</summary>
    public LabeledData Samples { get; } = samples;

    /// <summary>What they are measured against.</summary>
    public MetricReference Real { get; } = real;

    /// <summary>[N, D] the samples where distributions are compared, as <see cref="MetricReference.Points"/>.</summary>
    public Tensor Points { get; init; } = samples.Points.flatten(1);

    /// <summary>[N] int64: the class in which a classifier sees each sample; null where there is no classifier.</summary>
    public Tensor? Seen { get; init; }

    /// <summary>[N]: each sample's distance to the decision boundary of its class (<see cref="ClassMargin"/>); null where there is no classifier.</summary>
    public Tensor? Margins { get; init; }

    /// <summary>Told the share that is done of what takes long: pairs of <see cref="NeighborGeometry"/>.</summary>
    public IProgress<double>? Progress { get; init; }

    /// <summary>Stops what takes long.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>What several metrics take from one calculation, one of each type.</summary>
    /// <param name="make">Makes it when it is first asked for.</param>
    public T Once<T>(Func<T> make)
        where T : notnull => (T)made.Once(typeof(T), () => make());
}
