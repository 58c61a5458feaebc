namespace Veer.Training;

/// <summary>A step's loss or gradient is infinite or not a number, so the training stopped before it.</summary>
public sealed class TrainingDivergedException : VeerException
{
    /// <param name="step">The step, from 1.</param>
    /// <param name="folder">Where the state before it is.</param>
    public TrainingDivergedException(long step, string folder)
        : base(FormattableString.Invariant(
            $"the loss or gradient is not finite at step {step}, the state before it is in {folder}; a lower learning_rate or a gradient_limit may help")) =>
        Step = step;

    /// <summary>The step, from 1.</summary>
    public long Step { get; }
}
