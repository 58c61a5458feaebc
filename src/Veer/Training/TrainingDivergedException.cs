namespace Veer.Training;

/// <summary>A step's loss or gradient is infinite or not a number, and the training stopped there.</summary>
public sealed class TrainingDivergedException : VeerException
{
    /// <param name="step">The step, from 1.</param>
    /// <param name="kept">The step before it whose state is the newest checkpoint; 0 where there is none.</param>
    /// <param name="folder">Where the checkpoint is; null for a training in memory.</param>
    public TrainingDivergedException(long step, long kept, string? folder)
        : base(FormattableString.Invariant($"the loss or gradient is not finite at step {step}, ")
            + (kept > 0 ? FormattableString.Invariant($"the state of step {kept} is in {folder}") : "and no checkpoint was due before it")
            + "; a lower learning_rate or a gradient_limit may help") => (Step, Kept) = (step, kept);

    /// <summary>The step, from 1.</summary>
    public long Step { get; }

    /// <summary>The step before it whose state is the newest checkpoint; 0 where there is none.</summary>
    public long Kept { get; }
}
