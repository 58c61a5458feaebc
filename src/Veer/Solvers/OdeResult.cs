namespace Veer.Solvers;

/// <summary>How an integration ended.</summary>
public enum OdeOutcome
{
    /// <summary>The end time was reached.</summary>
    Done,

    /// <summary>The limit on attempted steps was reached first.</summary>
    MaximumSteps,

    /// <summary>The tolerance asks for steps below the smallest one allowed, or below the resolution of time.</summary>
    StepTooSmall,

    /// <summary>The field or the state is infinite or not a number, and shorter steps did not help.</summary>
    NonFinite,
}

/// <summary>What an ODE solver found and what it cost.</summary>
/// <param name="State">[B, ...] the end state, or the last good one where the outcome is not <see cref="OdeOutcome.Done"/>.</param>
/// <param name="Time">The time of <paramref name="State"/>.</param>
/// <param name="Outcome">How the integration ended.</param>
/// <param name="Evaluations">Number of evaluations of the field (NFE), each on the whole batch.</param>
/// <param name="Accepted">Steps taken.</param>
/// <param name="Rejected">Steps tried and thrown away.</param>
public sealed record OdeResult(Tensor State, double Time, OdeOutcome Outcome, int Evaluations, int Accepted, int Rejected)
{
    /// <summary>[T, B, ...] the states at the asked times that were reached, where times were asked for; else null.</summary>
    public Tensor? States { get; init; }
}

/// <summary>One attempted step of an adaptive solver.</summary>
/// <param name="Time">Where it started.</param>
/// <param name="Size">Its length, positive in either direction.</param>
/// <param name="ErrorRatio">Estimated error over tolerance; accepted up to 1.</param>
/// <param name="Accepted">Whether it was taken.</param>
public readonly record struct OdeStep(double Time, double Size, double ErrorRatio, bool Accepted);
