using Veer.Diffusion;

namespace Veer.Sampling;

/// <summary>A sample became infinite or not a number on its way.</summary>
public sealed class NonFiniteStateException : NonFiniteException
{
    /// <param name="sample">Index of the first such sample.</param>
    /// <param name="step">The step that made it so, from 1.</param>
    /// <param name="steps">Number of steps.</param>
    /// <param name="level">The level that the step started from.</param>
    public NonFiniteStateException(long sample, int step, int steps, NoiseLevel level)
        : base(FormattableString.Invariant(
            $"sample {sample} is not finite after step {step} of {steps} (from alpha {level.Alpha:g4}, sigma {level.Sigma:g4})")
            + ": a smaller guidance scale, or clipping, may help")
    {
        Sample = sample;
        Step = step;
    }

    /// <summary>Index of the first such sample.</summary>
    public long Sample { get; }

    /// <summary>The step that made it so, from 1.</summary>
    public int Step { get; }
}
