namespace Veer.Solvers;

/// <summary>Over what the error of a step is averaged.</summary>
public enum ErrorNorm
{
    /// <summary>Root mean square over the whole batch: the cheapest, but a sample's steps depend on its neighbours.</summary>
    Batch,

    /// <summary>The largest of the samples' root mean squares: every sample keeps the tolerance.</summary>
    PerSample,
}

/// <summary>Settings of <see cref="Dopri5"/>.</summary>
public sealed record Dopri5Options
{
    /// <summary>Allowed error relative to the state; 0 or more.</summary>
    public double RelativeTolerance { get; init; } = 1e-5;

    /// <summary>Allowed error in the state's own units; above 0.</summary>
    public double AbsoluteTolerance { get; init; } = 1e-5;

    /// <summary>Limit on attempted steps (six evaluations each), 1 or more.</summary>
    public int MaximumSteps { get; init; } = 1000;

    /// <summary>Shortest step, in units of time, 0 or more; 0 leaves only the resolution of time itself.</summary>
    public double MinimumStep { get; init; }

    /// <summary>Longest step, in units of time; at least <see cref="MinimumStep"/> and above 0.</summary>
    public double MaximumStep { get; init; } = double.PositiveInfinity;

    /// <summary>Over what the error is averaged.</summary>
    public ErrorNorm ErrorNorm { get; init; } = ErrorNorm.Batch;

    /// <summary>
    /// Whether the last step may reach past the end, the end state then being interpolated, if the field is
    /// <see cref="IVelocityField.DefinedPastEnd"/>. Else the last step is shortened to the end.
    /// </summary>
    public bool StepPastEnd { get; init; } = true;

    /// <summary>Told of every attempted step.</summary>
    public IProgress<OdeStep>? Progress { get; init; }

    internal void Validate()
    {
        Require(RelativeTolerance >= 0 && double.IsFinite(RelativeTolerance), nameof(RelativeTolerance), "0 or more");
        Require(AbsoluteTolerance > 0 && double.IsFinite(AbsoluteTolerance), nameof(AbsoluteTolerance), "above 0");
        Require(MaximumSteps >= 1, nameof(MaximumSteps), "1 or more");
        Require(MinimumStep >= 0 && double.IsFinite(MinimumStep), nameof(MinimumStep), "0 or more");
        Require(MaximumStep > 0 && MaximumStep >= MinimumStep, nameof(MaximumStep), "above 0 and at least MinimumStep");
    }

    private static void Require(bool condition, string name, string expected)
    {
        if (!condition) throw new ArgumentOutOfRangeException(name, $"{name} must be {expected}");
    }
}
