using Veer.Metrics;

namespace Veer.Evaluation;

/// <summary>Says in words what numbers say: which side of a generator falls short of real points, beyond what chance does.</summary>
internal static class Diagnosis
{
    /// <summary>Gaps to the floor of fewer standard errors may be chance: of a dozen numbers, one in thirty sets then is wrongly called worse.</summary>
    private const double Clear = 3;

    /// <summary>Shares that differ by less do not matter to anybody.</summary>
    private const double LeastShare = 0.03;

    /// <summary>Samples at less than this share of the distance at which unseen real points lie are copies, more or less.</summary>
    private const double Copies = 0.5;

    private static readonly string[] Fidelity = [PrecisionRecall.PrecisionMetric.Name, "density", "clipped-density"];
    private static readonly string[] Coverage = [PrecisionRecall.RecallMetric.Name, "coverage", "clipped-coverage"];

    /// <summary>One line for each thing that is to be said.</summary>
    public static IReadOnlyList<string> Of(EvaluatedSet set, EvaluatedSet? floor)
    {
        var lines = new List<string>();
        if (set.Find("memorization-ratio") is { } ratio && ratio.Value < Copies)
            lines.Add(FormattableString.Invariant($"repeats its training data: samples lie at {ratio.Value:g3} of the distance to it at which unseen real points lie"));
        if (floor is null) return lines;
        var gaps = (from number in set.Numbers
                    where number.Class == EvaluatedSet.All && MetricRegistry.All.Find(number.Metric) is { Better: not MetricDirection.Neither } metric && !metric.Needs.HasFlag(MetricNeeds.Training)
                    let own = floor.Find(number.Metric)
                    where own is { } real && double.IsFinite(number.Estimate.Error) && double.IsFinite(real.Error)
                    select new Gap(MetricRegistry.All.Named(number.Metric), number.Estimate, own.Value)).ToList();
        var (low, missing) = (Worse(gaps, Fidelity), Worse(gaps, Coverage));
        if (low.Count > 0) lines.Add($"samples lie off the data: {Names(low)}");
        if (missing.Count > 0) lines.Add($"leaves out a part of the data: {Names(missing)}");
        if (missing.Count > 0 && low.Count == 0 && gaps.Any(gap => Fidelity.Contains(gap.Metric.Name) && gap.Excess > Clear))
            lines.Add("narrower than the data: what there is of it is better than real points among each other, as after guidance");
        var (far, near) = (gaps.Where(gap => gap.IsDistance && gap.Excess < -Clear).ToList(), gaps.Where(gap => gap.IsDistance && gap.Excess > Clear).ToList());
        if (far.Count > 0) lines.Add($"farther from the data than real points are: {Names(far)}");
        else if (near.Count > 0) lines.Add($"nearer to the reference than real points are, which no new sample is: {Names(near)}");
        else if (gaps.Count > 0 && lines.Count == 0) lines.Add(FormattableString.Invariant($"not to be told from real points by any of {gaps.Count} numbers"));
        return lines;
    }

    private static List<Gap> Worse(List<Gap> gaps, string[] names) =>
        [.. gaps.Where(gap => names.Contains(gap.Metric.Name) && gap.Excess < -Clear && Math.Abs(gap.Own.Value - gap.Floor.Value) > LeastShare)];

    private static string Names(IEnumerable<Gap> gaps) => string.Join(", ", gaps.Select(gap => FormattableString.Invariant($"{gap.Metric.Title} {gap.Own.Value:g3} (real {gap.Floor.Value:g3})")));

    private sealed record Gap(Metric Metric, Estimate Own, Estimate Floor)
    {
        /// <summary>Distances of whole distributions, which shares are not.</summary>
        public bool IsDistance => Metric.Better == MetricDirection.Lower && !Metric.IsShare;

        /// <summary>How many standard errors better than real points.</summary>
        public double Excess => double.Hypot(Own.Error, Floor.Error) is > 0 and var error ? (int)Metric.Better * (Own.Value - Floor.Value) / error : 0;
    }
}
