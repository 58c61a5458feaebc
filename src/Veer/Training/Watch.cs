namespace Veer.Training;

/// <summary>
/// Watches a training by a distance of held-out points, keeps the averaged weights that brought them nearest, or later ones that brought them as near as can be told, and says when to stop.
/// </summary>
/// <remarks>
/// The first weights are measured too, before any step: where all later ones are worse, they are what the training gives back. How long
/// nothing fell is counted from the lowest distance of trained weights, so that a training that begins with a rise has the time to fall.
/// The state is tensors, which a checkpoint holds: a training goes on to the same bits.
/// </remarks>
public sealed class Watch : IDisposable
{
    private const int LeastDistance = 0, BestStep = 1, LowestDistance = 2, LowestStep = 3, LastDistance = 4, LastStep = 5;

    private readonly EarlyStopping rule;
    private readonly Func<(double Distance, Tensor? Parts)> measure;
    private readonly Tensor numbers = full([6], double.NaN, ScalarType.Float64).DetachFromDisposeScope();
    private readonly Tensor least;
    private readonly Dictionary<string, Tensor> best = [];

    /// <param name="rule">How often to measure, and when to stop.</param>
    /// <param name="distance">
    /// Measures while the network holds its averaged weights and is in evaluation mode; draws nothing at random. NaN counts as infinitely far.
    /// </param>
    public Watch(EarlyStopping rule, Func<double> distance)
        : this(rule, () => (distance(), null), 0) { }

    /// <param name="rule">How often to measure, and when to stop.</param>
    /// <param name="measure">
    /// The same, and what each held-out point adds to the distance, [parts] float64: the length of the difference of two such is the standard error of the
    /// distances' difference. Of weights within it from the lowest the last are kept: held-out points are too few to tell them apart, and those that were
    /// trained longer follow the data more closely (the one-standard-error rule of Breiman et al., 1984).
    /// </param>
    /// <param name="parts">Number of held-out points.</param>
    internal Watch(EarlyStopping rule, Func<(double Distance, Tensor? Parts)> measure, long parts)
    {
        (this.rule, this.measure) = (rule, measure);
        least = zeros(parts, ScalarType.Float64).DetachFromDisposeScope();
    }

    /// <summary>The last measured distance; null before the first measurement.</summary>
    public double? Last => At(LastDistance);

    /// <summary>The step whose weights are kept, 0 for the first ones; null before the first measurement.</summary>
    public long? Best => (long?)At(BestStep);

    /// <summary>Frees the kept weights.</summary>
    public void Dispose()
    {
        numbers.Dispose();
        least.Dispose();
        foreach (var weight in best.Values) weight.Dispose();
    }

    /// <summary>Whether to measure after a step; one that a stop left out is made up for.</summary>
    internal bool Due(long step, long steps) => At(LastStep) != step && (Last is null || (step > 0 && (step % rule.Every == 0 || step == steps)));

    /// <summary>Whether the training is over after a step.</summary>
    internal bool Over(long step) => At(LowestStep) is { } lowest && step - lowest >= (long)rule.Patience * rule.Every;

    /// <summary>Makes room for weights, so that a checkpoint may hold them.</summary>
    internal void Prepare(IEnumerable<(string Name, Tensor Value)> average)
    {
        foreach (var (name, value) in average) best.TryAdd(name, value.clone().DetachFromDisposeScope());
    }

    /// <summary>Measures the weights that the network holds, and keeps them if they are the best, or not to be told from the best.</summary>
    internal void Look(long step, IEnumerable<(string Name, Tensor Value)> average)
    {
        using var scope = NewDisposeScope();
        var (found, parts) = measure();
        if (double.IsNaN(found)) found = double.PositiveInfinity;
        Set(LastDistance, found);
        Set(LastStep, step);
        if (step > 0 && !(found >= At(LowestDistance)))
        {
            Set(LowestDistance, found);
            Set(LowestStep, step);
        }
        bool lowest = !(found >= At(LeastDistance));
        if (!lowest && (step == 0 || parts is null || !(found < At(LeastDistance) + (parts.cpu() - least).norm().item<double>()))) return;
        if (lowest)
        {
            Set(LeastDistance, found);
            if (parts is not null) least.copy_(parts);
        }
        Set(BestStep, step);
        using var quiet = no_grad();
        foreach (var (name, value) in average) best[name].copy_(value);
    }

    /// <summary>The kept weights by parameter name; live.</summary>
    internal IEnumerable<(string Name, Tensor Value)> Weights() => best.Select(pair => (pair.Key, pair.Value));

    /// <summary>The whole state by name; the tensors are live.</summary>
    internal IEnumerable<(string Name, Tensor Value)> State() => [("numbers", numbers), .. least.numel() > 0 ? [("least", least)] : Array.Empty<(string, Tensor)>(), .. best.Select(pair => ("best." + pair.Key, pair.Value))];

    private void Set(int index, double value)
    {
        using var one = numbers.narrow(0, index, 1);
        one.fill_(value);
    }

    private double? At(int index)
    {
        using var one = numbers[index];
        double value = one.item<double>();
        return double.IsNaN(value) ? null : value;
    }
}
