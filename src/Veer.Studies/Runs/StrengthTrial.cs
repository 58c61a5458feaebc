namespace Veer.Studies.Runs;

/// <summary>One entry of strengths.json: how a postprocessor's strength was chosen at one scale, on samples that are neither trained on nor measured.</summary>
/// <param name="Guidance">The guidance's name, or that of given samples.</param>
/// <param name="Scale">The guidance scale w.</param>
/// <param name="Stage">The postprocessor, and how it is applied.</param>
/// <param name="Metric">The distance to real points that it was chosen by: a metric, or "kernel-discrepancy" (<see cref="Postprocessing.StrengthCurve"/>).</param>
/// <param name="Chosen">The strength that was chosen.</param>
/// <param name="Tried">What was chosen from, in rising order.</param>
/// <param name="Memorization">Whether the flow gives training points back, in a line; null where that was not looked at.</param>
internal sealed record StrengthTrial(string Guidance, double Scale, string Stage, string Metric, double Chosen, IReadOnlyList<TriedStrength> Tried, string? Memorization = null);

/// <summary>A strength, and how far samples are from real ones with it.</summary>
/// <param name="Strength">0 to 1.</param>
/// <param name="Distance">By the metric of the trial; null where it is not finite.</param>
/// <param name="Error">The standard error of its difference from that at strength 0; null where it was not measured.</param>
internal sealed record TriedStrength(double Strength, double? Distance, double? Error = null);
