namespace Veer.Sampling;

/// <summary>
/// Noise that EDM's sampler adds before its steps (Karras et al., arXiv 2206.00364, algorithm 2): each takes the sample back to a somewhat
/// higher level, which corrects earlier steps' errors and makes the sampling stochastic.
/// </summary>
/// <param name="SChurn">S_churn: over all steps; at least 0. A step raises sigma by S_churn / n of it, and by no more than sqrt(2) - 1.</param>
/// <param name="SMin">S_min: steps from lower levels add none.</param>
/// <param name="SMax">S_max: steps from higher levels add none.</param>
/// <param name="SNoise">S_noise: standard deviation of what is added; slightly above 1 makes up for a network that removes too much.</param>
public sealed record Churn(double SChurn, double SMin = 0, double SMax = double.PositiveInfinity, double SNoise = 1)
{
    /// <summary>The level that a step from sigma starts at, one of n.</summary>
    internal double Raise(double sigma, int steps) =>
        sigma >= SMin && sigma <= SMax ? sigma * (1 + Math.Min(SChurn / steps, Math.Sqrt(2) - 1)) : sigma;
}
