namespace Veer.Diffusion;

/// <summary>
/// What a sampler says with every prediction that it asks for: which samples the rows of the batch are, at which step the run stands, and a
/// place for what a guidance keeps from step to step. A guidance that draws noise of its own keys it by the samples, so that a sample's noise is
/// its own in any batch and at any depth of wrapping; one with a momentum keeps it here, so that every run begins without.
/// </summary>
/// <remarks>One run of one batch has one context, used by one thread at a time; what is kept is freed with it.</remarks>
public sealed class PredictionContext : IDisposable
{
    private readonly Dictionary<object, object> states = new(ReferenceEqualityComparer.Instance);

    /// <param name="firstSample">Index of the first sample, 0 or more.</param>
    /// <param name="samples">Samples of the batch, 1 or more.</param>
    public PredictionContext(long firstSample, long samples)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstSample);
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        (FirstSample, Samples) = (firstSample, samples);
    }

    /// <summary>Index of the first sample.</summary>
    public long FirstSample { get; }

    /// <summary>Samples of the batch. A batch holds them in their order, or several copies of them: row i is the sample first + i mod samples.</summary>
    public long Samples { get; }

    /// <summary>The sampler's step, from 0.</summary>
    public int Step { get; init; }

    /// <summary>The sampler's number of steps; 0 where there is no sampler.</summary>
    public int Steps { get; init; }

    /// <summary>The same run at another of its steps; what is kept is shared.</summary>
    public PredictionContext At(int step, int steps) => new(this, step, steps);

    private PredictionContext(PredictionContext run, int step, int steps)
    {
        (FirstSample, Samples, Step, Steps) = (run.FirstSample, run.Samples, step, steps);
        states = run.states;
    }

    /// <summary>How often a batch of so many rows holds the samples.</summary>
    /// <exception cref="InvalidOperationException">The rows are no whole copies of the samples.</exception>
    public long Copies(long rows) => rows % Samples == 0
        ? rows / Samples
        : throw new InvalidOperationException(FormattableString.Invariant($"{rows} rows are no whole copies of {Samples} samples"));

    /// <summary>What a guidance or a sampler keeps in this run: made at the first call, the same object at every further one.</summary>
    /// <typeparam name="T">Disposed of at the run's end, where it can be. Tensors in it must be detached from dispose scopes.</typeparam>
    /// <param name="owner">Whoever asks, itself.</param>
    public T State<T>(object owner)
        where T : class, new()
    {
        if (!states.TryGetValue(owner, out object? state)) states[owner] = state = new T();
        return (T)state;
    }

    /// <summary>Frees what is kept.</summary>
    public void Dispose()
    {
        foreach (object state in states.Values) (state as IDisposable)?.Dispose();
        states.Clear();
    }
}
