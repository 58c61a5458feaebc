using Veer.Metrics;
using Veer.Runtime;

namespace Veer.Studies.Reporting;

/// <summary>How the report shows a metric.</summary>
/// <param name="Name">Its name in results.json.</param>
/// <param name="Title">Its name in words.</param>
/// <param name="Direction">-1 when lower is better, +1 when higher is, 0 when neither.</param>
/// <param name="Share">Whether it is a share of samples, shown in per cent.</param>
/// <param name="Meaning">One sentence that says what it is.</param>
internal sealed record MetricInfo(string Name, string Title, int Direction, bool Share, string Meaning)
{
    public const string NearestDistance = "nn-distance";
    public const string SlicedWasserstein = "sliced-wasserstein-2";
    public const string LabelAgreement = "label-agreement";
    public const string Frechet = "frechet";
    public const string Precision = "precision";
    public const string Recall = "recall";
    public const string Wasserstein1 = "wasserstein-1";
    public const string BoundaryDistance = "boundary-distance";
    public const string BoundaryLeastDistance = "boundary-least-distance";
    public const string Bend = "bend";
    public const string Seconds = "seconds";
    public const string Evaluations = "nfe";
    public const string Strength = "strength";

    /// <summary>What guidance does to samples on their way: measured before any postprocessing.</summary>
    public static readonly IReadOnlyList<string> OfTrajectories = [BoundaryDistance, BoundaryLeastDistance, Bend, Wasserstein1];

    private static readonly MetricInfo[] Known =
    [
        new(NearestDistance, "Distance to nearest real point", -1, false,
            "Mean Euclidean distance from a sample to the nearest held-out real point of its class."),
        new("wasserstein-2", "Wasserstein-2", -1, false, "Exact optimal-transport distance to held-out real points, on a subset."),
        new(SlicedWasserstein, "Sliced Wasserstein-2", -1, false, "Wasserstein-2 averaged over one-dimensional projections."),
        new(Wasserstein1, "Wasserstein-1", -1, false, "Exact optimal-transport distance to the true distribution, on a line."),
        new("off-class", "Off-class", -1, true, "Share of samples to which the true density gives another class than the one asked for."),
        new("neighbor-off-class", "Nearest neighbour off-class", -1, true,
            "Share of samples whose nearest held-out real point, of any class, is of another class than the one asked for."),
        new("outliers", "Outliers", -1, true, "Share of samples where the true density of the class is below its value at 99% of real points."),
        new("log-density", "Log-density", +1, false, "Mean log of the true density of the class at the samples."),
        new(LabelAgreement, "Label agreement", +1, true, "Share of samples in which the judge sees the class that was asked for."),
        new(Frechet, "Fréchet distance", -1, false, "Distance between Gaussians fitted to the features of samples and real data."),
        new("kernel", "Kernel distance", -1, false, "Squared maximum mean discrepancy of features."),
        new(Precision, "Precision", +1, true, "Share of samples inside the real data's manifold estimate."),
        new(Recall, "Recall", +1, true, "Share of real data inside the samples' manifold estimate."),
        new(BoundaryDistance, "Distance to boundary", 0, false,
            "Distance of a trajectory to the decision boundary p(c given x_t) = 1/2, the mean over its states and over trajectories."),
        new(BoundaryLeastDistance, "Least distance to boundary", 0, false,
            "Distance of a trajectory to the decision boundary where it is nearest to it, the mean over trajectories."),
        new(Bend, "Bend", 0, false, "Length of the trajectory over the straight line between its ends; 1 is straight."),
        new(Seconds, "Seconds", 0, false, "Time to make the samples of this stage."),
        new(Strength, "Strength", 0, false, "How far the flow is followed, 0 to 1; chosen on samples drawn for it."),
        new(Evaluations, "Evaluations", 0, false, "Network evaluations per sample."),
    ];

    /// <summary>The metric of that name; an unknown one is shown as it is, with no value called best.</summary>
    public static MetricInfo Of(string name) =>
        Known.FirstOrDefault(metric => metric.Name == name) ?? new MetricInfo(name, Text.Capitalize(name.Replace('-', ' ')), 0, false, "");

    /// <summary>Place in the tables: known metrics in their order, then the others.</summary>
    public int Rank => Array.FindIndex(Known, metric => metric.Name == Name) is >= 0 and var place ? place : Known.Length;

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

    private string Arrow => Direction switch { < 0 => "↓", > 0 => "↑", _ => "" };

    /// <summary>The title with its unit, and which way is better.</summary>
    public string TitleIn(MetricScale unit) => $"{Title} {$"{unit.Unit}\u00a0{Arrow}".Trim()}".TrimEnd();
}
