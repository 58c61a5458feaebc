namespace Veer.Diffusion;

/// <summary>How data become noise, in the family of a generator: what it was trained to undo, and samplers go back.</summary>
public abstract record NoisingProcess
{
    /// <summary>The levels that a sampler of so many steps stops at: one more than steps, noisiest first, the last one clean.</summary>
    /// <param name="steps">1 or more.</param>
    public abstract IReadOnlyList<NoiseLevel> Levels(int steps);

    /// <summary>As many levels, of a discrete process evenly spaced in log(alpha / sigma); of paths, which begin or end where that is infinite, those of <see cref="Levels"/>.</summary>
    /// <param name="steps">1 or more.</param>
    public virtual IReadOnlyList<NoiseLevel> LogLevels(int steps) => Levels(steps);

    /// <summary>Whether anything of the data is left where samples start: alpha is above 0 at the noisiest level.</summary>
    public bool StartsWithSignal => Levels(1)[0].Alpha > 0;

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
    /// <remarks>Of the schedule's own steps the nearest ones, no two the same; first and last are kept.</remarks>
    public override IReadOnlyList<NoiseLevel> LogLevels(int steps)
    {
        var levels = Levels(Schedule.Steps);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(steps, Schedule.Steps);
        double first = levels[0].LogRatio, way = levels[Schedule.Steps - 1].LogRatio - first;
        var chosen = new List<NoiseLevel>();
        for (int i = 0, next = 0; i < steps; i++, next++)
        {
            double wanted = first + (way * i / Math.Max(1, steps - 1));
            // as many must be left as there are steps to come
            while (next < Schedule.Steps - steps + i && Math.Abs(levels[next + 1].LogRatio - wanted) <= Math.Abs(levels[next].LogRatio - wanted)) next++;
            chosen.Add(levels[next]);
        }
        return [.. chosen, NoiseLevel.Clean];
    }

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
