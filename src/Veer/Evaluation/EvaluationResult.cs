using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Veer.Formats;
using Veer.Metrics;

namespace Veer.Evaluation;

/// <summary>A number of a set of samples.</summary>
/// <param name="Metric">The metric's name.</param>
/// <param name="Class">"all", or a class number.</param>
/// <param name="Estimate">Its value and interval.</param>
public sealed record EvaluatedNumber(string Metric, string Class, Estimate Estimate);

/// <summary>A sample and the real point that is nearest to it (<see cref="EvaluationOptions.Closest"/>).</summary>
/// <param name="Sample">The sample's row.</param>
/// <param name="Real">The point's row.</param>
/// <param name="Distance">Euclidean, where distributions are compared.</param>
public sealed record ClosestPair(long Sample, long Real, double Distance);

/// <summary>The numbers of a set of samples.</summary>
/// <param name="Name">What the set is called.</param>
/// <param name="Count">N, the number of its samples.</param>
/// <param name="Against">M, the number of real points that they were measured against.</param>
/// <param name="Numbers">Every number, metric by metric, all classes before each.</param>
/// <param name="Findings">What the numbers say beside the floor, in words: a line each.</param>
/// <param name="Closest">The samples that are nearest to a real point, where they were asked for.</param>
public sealed record EvaluatedSet(string Name, long Count, long Against, IReadOnlyList<EvaluatedNumber> Numbers, IReadOnlyList<string> Findings, IReadOnlyList<ClosestPair> Closest)
{
    /// <summary>What stands for all classes.</summary>
    public const string All = "all";

    /// <summary>Numbers of samples that differ by less count as equal.</summary>
    private const double Alike = 0.02;

    /// <summary>Precision and recall move by 0.03 at most where a number is half another: a half of the reference against its other half serves as their floor.</summary>
    private const double AlikeOfShare = 0.52;

    /// <summary>A number; null where it was not measured.</summary>
    public Estimate? Find(string metric, string label = All) => Numbers.FirstOrDefault(number => number.Metric == metric && number.Class == label)?.Estimate;

    /// <summary>Whether a number can be held against another set's: only at alike numbers of those points that the metric's mean hangs on.</summary>
    public bool Compares(Metric metric, EvaluatedSet other)
    {
        double alike = metric.IsShare ? AlikeOfShare : Alike;
        bool samples = Near(Count, other.Count, alike), real = Near(Against, other.Against, alike);
        return metric.HangsOn switch
        {
            CountDependence.None => true,
            CountDependence.Samples => samples,
            CountDependence.Real => real,
            CountDependence.Ratio => Near((double)Count * other.Against, (double)other.Count * Against, Alike),
            _ => samples && real,
        };

        static bool Near(double one, double other, double alike) => Math.Abs(one - other) <= alike * Math.Max(one, other);
    }

    /// <summary>The class in which a metric is worst; null where it has no direction or no classes were measured.</summary>
    public EvaluatedNumber? Worst(Metric metric)
    {
        var classes = Numbers.Where(number => number.Metric == metric.Name && number.Class != All && double.IsFinite(number.Estimate.Value)).ToList();
        return metric.Better == MetricDirection.Neither || classes.Count == 0 ? null : classes.MinBy(number => (int)metric.Better * number.Estimate.Value);
    }
}

/// <summary>How much a number of one set lies above that of another: paired, since both were measured on the same subsets.</summary>
/// <param name="Set">The set.</param>
/// <param name="From">The set that it is compared with.</param>
/// <param name="Metric">The metric's name.</param>
/// <param name="Class">"all", or a class number.</param>
/// <param name="Difference">Its number less the other's.</param>
public sealed record EvaluatedDifference(string Set, string From, string Metric, string Class, Estimate Difference);

/// <summary>What a difference means.</summary>
public enum Verdict
{
    /// <summary>Within its interval: none.</summary>
    Same,

    /// <summary>A difference, but beside the floor, where its own error leaves open which of both is nearer.</summary>
    Moved,

    /// <summary>Nearer to what real points reach.</summary>
    Better,

    /// <summary>Farther from it.</summary>
    Worse,
}

/// <summary>What an evaluation found.</summary>
/// <param name="Sets">The sets of samples, in their order.</param>
/// <param name="Floor">Real points that are not the reference, measured like samples: what a perfect generator would reach. Null where there are too few.</param>
/// <param name="Differences">Of every set after the first from the first.</param>
/// <param name="Notes">What makes numbers say less than they seem to: a line each.</param>
/// <param name="Fingerprint">What the numbers rest on: two evaluations compare only where these are equal.</param>
public sealed record EvaluationResult(
    IReadOnlyList<EvaluatedSet> Sets, EvaluatedSet? Floor, IReadOnlyList<EvaluatedDifference> Differences, IReadOnlyList<string> Notes,
    IReadOnlyDictionary<string, string> Fingerprint)
{
    /// <summary>Names of the classes, where they have names.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>Whether the reference counts as what was trained on (<see cref="EvaluationOptions.Unseen"/>).</summary>
    [JsonIgnore]
    internal bool IsLedTowards => Fingerprint.ContainsKey("unseen");

    /// <summary>The metrics that were measured, in the order of the registry.</summary>
    [JsonIgnore]
    public IReadOnlyList<Metric> Metrics => [.. MetricRegistry.All.Where(metric => Sets.Concat(Floor is null ? [] : [Floor]).Any(set => set.Numbers.Any(number => number.Metric == metric.Name)))];

    /// <summary>The classes that were measured by themselves, in order.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Classes => [.. Sets.SelectMany(set => set.Numbers).Select(number => number.Class).Where(label => label != EvaluatedSet.All).Distinct()
        .OrderBy(label => int.Parse(label, CultureInfo.InvariantCulture))];

    /// <summary>A set's difference from the first; null where it was not measured.</summary>
    public EvaluatedDifference? FindDifference(string set, string metric, string label = EvaluatedSet.All) =>
        Differences.FirstOrDefault(one => one.Set == set && one.Metric == metric && one.Class == label);

    /// <summary>
    /// What a difference means: nearer to the floor is better, whichever side it lies on; where there is no floor to hold it against, what the metric
    /// says. Null where the metric has no direction or the error is not known.
    /// </summary>
    public Verdict? Judge(EvaluatedDifference difference)
    {
        if (MetricRegistry.All.Find(difference.Metric) is not { Better: not MetricDirection.Neither } metric || !double.IsFinite(difference.Difference.Error)) return null;
        if (!difference.Difference.IsClear) return Verdict.Same;
        var (later, before) = (Sets.First(set => set.Name == difference.Set), Sets.First(set => set.Name == difference.From));
        if (Floor?.Find(metric.Name, difference.Class) is not { } floor || !later.Compares(metric, Floor) || !before.Compares(metric, Floor))
            return Math.Sign(difference.Difference.Value) == (int)metric.Better ? Verdict.Better : Verdict.Worse;
        double ahead = Gap(later), behind = Gap(before);
        // beside the floor its own error decides which side a number is on
        bool beside = double.IsFinite(floor.Error) && Math.Min(ahead, behind) < floor.High - floor.Value;
        var change = new Estimate(ahead - behind, beside ? double.Hypot(difference.Difference.Error, 2 * floor.Error) : difference.Difference.Error);
        if (change.IsClear) return change.Value < 0 ? Verdict.Better : Verdict.Worse;
        // one that is beside the floor is nearer than one that is off it
        return (IsOff(before), IsOff(later)) switch { (true, false) => Verdict.Better, (false, true) => Verdict.Worse, _ => Verdict.Moved };

        bool IsOff(EvaluatedSet set)
        {
            var own = set.Find(metric.Name, difference.Class)!.Value;
            return new Estimate(own.Value - floor.Value, double.Hypot(own.Error, floor.Error)).IsClear;
        }

        double Gap(EvaluatedSet set) => Math.Abs(set.Find(metric.Name, difference.Class)!.Value.Value - floor.Value);
    }

    /// <summary>In how many numbers of all classes a set is nearer to real points than the first, and in which it is farther: one line; null where nothing tells it.</summary>
    public string? Summary(EvaluatedSet later)
    {
        var judged = Differences.Where(one => one.Set == later.Name && one.Class == EvaluatedSet.All).Select(one => (one.Metric, Verdict: Judge(one))).Where(one => one.Verdict is not null).ToList();
        if (judged.Count == 0) return null;
        string[] worse = [.. judged.Where(one => one.Verdict == Verdict.Worse).Select(one => MetricRegistry.All.Named(one.Metric).Title)];
        return FormattableString.Invariant($"against {Sets[0].Name} better in {judged.Count(one => one.Verdict == Verdict.Better)} of {judged.Count} numbers, worse in {worse.Length}{(worse.Length == 0 ? "" : $" ({string.Join(", ", worse)})")}");
    }

    /// <summary>What is to be said of a set in words: how it stands to the first, then what its numbers say.</summary>
    internal IEnumerable<string> Words(EvaluatedSet set) => Summary(set) is { } summary ? set.Findings.Prepend(summary) : set.Findings;

    /// <summary>The name of a class, where classes have names; its number.</summary>
    public string ClassName(string label) => ClassName(label, ClassNames);

    internal static string ClassName(string label, IReadOnlyList<string>? names) =>
        names is not null && int.TryParse(label, NumberStyles.None, CultureInfo.InvariantCulture, out int place) && place < names.Count ? names[place] : label;

    /// <summary>Everything, as JSON; equal evaluations give equal texts.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, JsonPolicy.Options) + "\n";

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InputException">It is missing or no evaluation.</exception>
    public static EvaluationResult Read(string path) => JsonInput.Deserialize<EvaluationResult>(path, "an evaluation", JsonPolicy.Options);
}
