using Veer.Metrics;

namespace Veer.Studies.Reporting;

/// <summary>How the report shows a metric of <see cref="MetricRegistry"/>.</summary>
/// <param name="Metric">The metric.</param>
internal sealed record MetricInfo(Metric Metric)
{
    public static readonly string NearestDistance = Metrics.NearestDistance.Metric.Name;
    public static readonly string SlicedWasserstein = Metrics.SlicedWasserstein.Metric.Name;
    public static readonly string LabelAgreement = Metrics.LabelAgreement.Metric.Name;
    public static readonly string Frechet = FrechetDistance.Metric.Name;
    public static readonly string Precision = PrecisionRecall.PrecisionMetric.Name;
    public static readonly string Recall = PrecisionRecall.RecallMetric.Name;
    public static readonly string Bend = RunMetrics.Bend.Name;
    public static readonly string Seconds = RunMetrics.Seconds.Name;
    public static readonly string Evaluations = RunMetrics.Evaluations.Name;
    public static readonly string Strength = RunMetrics.Strength.Name;

    /// <summary>What guidance does to samples on their way: measured before any postprocessing.</summary>
    public static readonly IReadOnlyList<string> OfTrajectories =
        [RunMetrics.BoundaryDistance.Name, RunMetrics.BoundaryLeastDistance.Name, Bend, Wasserstein.LineMetric.Name];

    /// <summary>Its name in results.json.</summary>
    public string Name => Metric.Name;

    /// <summary>Its name in words.</summary>
    public string Title => Metric.Title;

    /// <summary>-1 when lower is better, +1 when higher is, 0 when neither.</summary>
    public int Direction => (int)Metric.Better;

    /// <summary>Whether it is a share of samples, shown in per cent.</summary>
    public bool Share => Metric.IsShare;

    /// <summary>One sentence that says what it is.</summary>
    public string Meaning => Metric.Meaning;

    /// <summary>The metric of that name; an unknown one is shown as it is, with no value called best.</summary>
    public static MetricInfo Of(string name) =>
        new(MetricRegistry.All.Find(name) ?? new Metric(name, Text.Capitalize(name.Replace('-', ' ')), MetricDirection.Neither, ""));

    /// <summary>Place in the tables: known metrics in their order, then the others.</summary>
    public int Rank => MetricRegistry.All.TakeWhile(metric => metric.Name != Name).Count();

    /// <summary>
    /// Which of several values are the best: those nearest to the floor, what a second real sample reaches; where no floor is known, the lowest
    /// or the highest. None where the metric has no direction, or where less than two were measured.
    /// </summary>
    public IReadOnlySet<double> Best(IEnumerable<double?> values, double? floor)
    {
        var found = values.OfType<double>().Where(double.IsFinite).ToList();
        if (Direction == 0 || found.Count < 2) return new HashSet<double>();
        double least = found.Min(value => Miss(value, floor));
        return found.Where(value => Miss(value, floor) == least).ToHashSet();
    }

    /// <summary>How much is wanting to the best, the less the better: past the floor samples are nearer to the data than data is, which is no better.</summary>
    public double Miss(double value, double? floor) => floor is { } real && double.IsFinite(real) ? Math.Abs(value - real) : -Direction * value;

    /// <summary>"below the floor" where a lower value is better and this one is lower than a second real sample's, likewise "above the floor"; else nothing.</summary>
    public string PastFloor(double value, double? floor) => Direction * (value - floor) > 0 ? Direction < 0 ? "below the floor" : "above the floor" : "";

    /// <summary>The title with its unit, and which way is better.</summary>
    public string TitleIn(MetricScale unit) => $"{Title} {$"{unit.Unit}\u00a0{Metric.Arrow}".Trim()}".TrimEnd();
}
