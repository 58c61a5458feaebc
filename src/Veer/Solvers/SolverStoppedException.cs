namespace Veer.Solvers;

/// <summary>An ODE solver did not reach the end.</summary>
/// <param name="what">What was being solved ("the sampling", say).</param>
/// <param name="result">Where and why the solver stopped.</param>
/// <param name="end">The time that it was to reach.</param>
/// <param name="advice">What may help where the state is not finite: only who solves knows it.</param>
public sealed class SolverStoppedException(string what, OdeResult result, double end, string advice = "")
    : VeerException(FormattableString.Invariant($"{what} stopped at t = {result.Time:g4} of {end:g4}: {Reason(result.Outcome)}") + (result.Outcome == OdeOutcome.NonFinite && advice.Length > 0 ? $"; {advice}" : ""))
{
    /// <summary>Why it stopped.</summary>
    public OdeOutcome Outcome { get; } = result.Outcome;

    /// <summary>The last time that it reached.</summary>
    public double Time { get; } = result.Time;

    private static string Reason(OdeOutcome outcome) => outcome switch
    {
        OdeOutcome.MaximumSteps => "the limit on steps was reached; larger tolerances or a fixed number of steps may help",
        OdeOutcome.StepTooSmall => "the tolerances ask for steps that are too small; larger ones may help",
        _ => "the field or the state is not finite",
    };
}
