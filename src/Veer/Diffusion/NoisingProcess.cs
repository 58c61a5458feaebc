namespace Veer.Diffusion;

/// <summary>How data become noise, in the family of a generator: what it was trained to undo, and samplers go back.</summary>
public abstract record NoisingProcess
{
    /// <summary>The levels that a sampler of so many steps stops at: one more than steps, noisiest first, the last one clean.</summary>
    /// <param name="steps">1 or more.</param>
    public abstract IReadOnlyList<NoiseLevel> Levels(int steps);

    /// <summary>Samples start at so many times N(0, I).</summary>
    /// <param name="first">The level that they start at.</param>
    public abstract double StartDeviation(NoiseLevel first);
}

/// <summary>So many steps of a variance-preserving process: DDPM.</summary>
/// <param name="Schedule">Its tables.</param>
public sealed record DiscreteProcess(NoiseSchedule Schedule) : NoisingProcess
{
    /// <inheritdoc/>
    /// <remarks>At most the schedule's steps: evenly spaced ones of them.</remarks>
    public override IReadOnlyList<NoiseLevel> Levels(int steps) =>
        (steps == Schedule.Steps ? Schedule : Schedule.Respace(steps)).SamplingLevels();

    /// <inheritdoc/>
    public override double StartDeviation(NoiseLevel first) => 1;
}

/// <summary>A path through all noise levels: rectified flow, EDM.</summary>
/// <param name="Path">Its coefficients.</param>
public sealed record ContinuousProcess(NoisePath Path) : NoisingProcess
{
    /// <inheritdoc/>
    public override IReadOnlyList<NoiseLevel> Levels(int steps) => [.. Path.Times(steps).Select(Path.At)];

    /// <inheritdoc/>
    public override double StartDeviation(NoiseLevel first) => first.Sigma;
}
