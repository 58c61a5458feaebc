using Veer.Metrics;

namespace Veer.Evaluation;

/// <summary>Says in words what numbers say: which side of a generator falls short of real points, beyond what chance does.</summary>
internal static class Diagnosis
{
    /// <summary>Gaps to the floor of fewer standard errors may be chance: of a dozen numbers, one in thirty sets then is wrongly called worse.</summary>
    private const double Clear = 3;

    /// <summary>Shares that differ by less do not matter to anybody.</summary>
    private const double LeastShare = 0.03;

    /// <summary>Of one class among many: more standard errors, and shares and distances that are plainly others.</summary>
    private const double ClearOfClass = 5, LeastShareOfClass = 0.1, LeastFactorOfClass = 1.5;

    private static readonly string[] Fidelity = [PrecisionRecall.PrecisionMetric.Name, NeighborDensity.Metric.Name, ClippedDensity.Metric.Name];
    private static readonly string Recall = PrecisionRecall.RecallMetric.Name;
    private static readonly string[] Coverage = [Recall, NeighborCoverage.Metric.Name, ClippedCoverage.Metric.Name];

    /// <summary>Numbers that see copies of real points.</summary>
    private static readonly string[] SeeCopies = [NearestDistance.Metric.Name, NeighborRatio.Metric.Name, CopyTest.Metric.Name, AuthenticShare.Metric.Name, MemorizationRatio.Metric.Name];

    /// <summary>One line for each thing that is to be said.</summary>
    /// <param name="set">Samples.</param>
    /// <param name="floor">Real points; null where there are too few.</param>
    /// <param name="names">Of the classes, where they have names.</param>
    public static IReadOnlyList<string> Of(EvaluatedSet set, EvaluatedSet? floor, IReadOnlyList<string>? names = null)
    {
        var lines = new List<string>();
        if (floor is null) return lines;
        if (set.Find(NeighborRatio.Metric.Name) is { } alone && floor.Find(NeighborRatio.Metric.Name) is { } usual
            && alone.Value - usual.Value > Math.Max(LeastShare, Clear * double.Hypot(alone.Error, usual.Error)))
            lines.Add(FormattableString.Invariant($"repeats its training data: {alone.Value:p0} of the samples lie as near to one training point as {usual.Value:p0} of unseen real points do"));
        var gaps = Gaps(set, floor, EvaluatedSet.All);
        var (low, missing) = (Worse(gaps, Fidelity), Worse(gaps, Coverage));
        if (low.Count > 0) lines.Add($"samples lie off the data: {Names(low)}");
        // samples that lie off the data leave real points without one beside them, though they reach all of it
        bool reached = low.Count > 0 && gaps.Any(gap => gap.Metric.Name == Recall) && missing.All(gap => gap.Metric.Name != Recall);
        if (missing.Count > 0) lines.Add($"{(reached ? "few samples lie close to some of the data, perhaps as they lie off it" : "leaves out a part of the data")}: {Names(missing)}");
        if (missing.Count > 0 && low.Count == 0 && gaps.Any(gap => Fidelity.Contains(gap.Metric.Name) && gap.Excess > Clear))
            lines.Add("narrower than the data: what there is of it is better than real points among each other, as after guidance");
        var (far, near) = (gaps.Where(gap => gap.IsDistance && gap.Excess < -Clear).ToList(), gaps.Where(gap => gap.IsDistance && gap.Excess > Clear).ToList());
        if (far.Count > 0) lines.Add($"farther from the data than real points are: {Names(far)}");
        if (near.Count > 0) lines.Add($"nearer to the reference than real points are, which no new sample is: {Names(near)}");
        if (TooNear(set, floor) is { } closer) lines.Add(closer);
        if (lines.Count == 0 && set.Find(CopyTest.Metric.Name) is { } copying && copying.Value < -Clear * copying.Error)
        {
            string few = set.Find(NeighborRatio.Metric.Name) is { } own && floor.Find(NeighborRatio.Metric.Name) is { } others
                ? FormattableString.Invariant($", though near one training point no more of them lie than chance allows: {own.Value:p0} (real {others.Value:p0})") : "";
            lines.Add(FormattableString.Invariant($"nearer to its training data than unseen real points are: {CopyTest.Metric.Title} {copying.Value:g3} (real 0 ± {copying.High - copying.Value:g2}){few}"));
        }
        if (lines.Count == 0 && OfClass(set, floor, names) is { } mixed) lines.Add(mixed);
        if (gaps.Count > 0 && lines.Count == 0)
        {
            string numbers = gaps.Count == 1 ? "the only number" : FormattableString.Invariant($"any of {gaps.Count} numbers");
            string copies = set.Numbers.Any(number => SeeCopies.Contains(number.Metric)) ? "" : "; none that was measured sees copies";
            lines.Add($"not to be told from real points by {numbers} of fidelity and coverage that can be held against the floor{copies}");
        }
        return lines;
    }

    /// <summary>Where distances to the nearest point are too small even for as many more points as the reference has: on a line they are half as far where there are twice as many.</summary>
    private static string? TooNear(EvaluatedSet set, EvaluatedSet floor)
    {
        var metric = NearestDistance.Metric;
        if (set.Compares(metric, floor) || set.Find(metric.Name) is not { } own || floor.Find(metric.Name) is not { } real) return null;
        double share = Math.Min(1, (double)floor.Against / set.Against);
        return new Gap(metric, own, new(share * real.Value, share * real.Error)).Excess > Clear
            ? FormattableString.Invariant($"nearer to the reference than real points would be, copies or narrower than the data: {metric.Title} {own.Value:g3} (real {real.Value:g3} to {floor.Against} points in place of {set.Against})") : null;
    }

    /// <summary>Samples that are as all real points are, and yet not as those of their class: as where labels are others'. Null where there are none.</summary>
    private static string? OfClass(EvaluatedSet set, EvaluatedSet floor, IReadOnlyList<string>? names)
    {
        var far = (from label in set.Numbers.Select(number => number.Class).Distinct()
                   where label != EvaluatedSet.All
                   let wrong = Gaps(set, floor, label).Where(gap => gap.Excess < -ClearOfClass
                       && (gap.Metric.IsShare ? Math.Abs(gap.Own.Value - gap.Floor.Value) > LeastShareOfClass : gap.Own.Value > LeastFactorOfClass * gap.Floor.Value)).ToList()
                   where wrong.Count > 0
                   select (Label: label, Wrong: wrong)).ToList();
        if (far.Count == 0) return null;
        var (worst, gaps) = far.MinBy(one => one.Wrong.Min(gap => gap.Excess));
        return $"as real points are in all, but not class by class: class {EvaluationResult.ClassName(worst, names)}: {Names(gaps)}{(far.Count > 1 ? $"; and {far.Count - 1} more" : "")}";
    }

    /// <summary>What can be held against the floor, of all classes or of one.</summary>
    private static List<Gap> Gaps(EvaluatedSet set, EvaluatedSet floor, string label) =>
        [.. from number in set.Numbers
            where number.Class == label && MetricRegistry.All.Find(number.Metric) is { Better: not MetricDirection.Neither } metric && !metric.Needs.HasFlag(MetricNeeds.Training) && set.Compares(metric, floor)
            let own = floor.Find(number.Metric, label)
            where own is { } real && double.IsFinite(number.Estimate.Error) && double.IsFinite(real.Error)
            select new Gap(MetricRegistry.All.Named(number.Metric), number.Estimate, own.Value)];

    private static List<Gap> Worse(List<Gap> gaps, string[] names) =>
        [.. gaps.Where(gap => names.Contains(gap.Metric.Name) && gap.Excess < -Clear && Math.Abs(gap.Own.Value - gap.Floor.Value) > LeastShare)];

    private static string Names(IEnumerable<Gap> gaps) => string.Join(", ", gaps.Select(gap => FormattableString.Invariant($"{gap.Metric.Title} {gap.Own.Value:g3} (real {gap.Floor.Value:g3})")));

    private sealed record Gap(Metric Metric, Estimate Own, Estimate Floor)
    {
        /// <summary>Distances of whole distributions, which shares are not.</summary>
        public bool IsDistance => Metric.Better == MetricDirection.Lower && !Metric.IsShare;

        /// <summary>How many standard errors better than real points; where neither number has one, any difference is beyond all.</summary>
        public double Excess => Own.Value == Floor.Value ? 0 : (int)Metric.Better * (Own.Value - Floor.Value) / double.Hypot(Own.Error, Floor.Error);
    }
}
