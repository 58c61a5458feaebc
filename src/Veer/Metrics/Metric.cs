namespace Veer.Metrics;

/// <summary>
/// A metric: what it is called, what it says, what it needs, and how samples are measured by it. Each is made in the file of its formula, and
/// known to studies, reports and help by one line of <see cref="MetricRegistry"/>.
/// </summary>
/// <param name="Name">Its name in results.json and in studies.</param>
/// <param name="Title">Its name in words.</param>
/// <param name="Better">Which way is better.</param>
/// <param name="Meaning">One sentence that says what it is.</param>
public sealed record Metric(string Name, string Title, MetricDirection Better, string Meaning) : IRegistered<Metric>
{
    /// <inheritdoc/>
    public static Registry<Metric> All => MetricRegistry.All;

    /// <summary>Whether it is a share of samples, 0 to 1, that is shown in per cent.</summary>
    public bool IsShare { get; init; }

    /// <summary>Where it is better: ↓, ↑, or →, where real points are that the generator never saw, of what tells copies; nothing where neither is.</summary>
    internal string Arrow => Better == MetricDirection.Neither ? "" : Needs.HasFlag(MetricNeeds.Training) ? "→" : Better == MetricDirection.Lower ? "↓" : "↑";

    /// <summary>The paper that it is from; empty if there is none to name.</summary>
    public string Source { get; init; } = "";

    /// <summary>What its numbers rest on beside the sets, as "k = 3"; empty if nothing.</summary>
    public string Parameters { get; init; } = "";

    /// <summary>What must be known; all of it.</summary>
    public MetricNeeds Needs { get; init; }

    /// <summary>The samples that it is measured of where a study does not name its metrics.</summary>
    public SampleKinds Default { get; init; } = SampleKinds.Points | SampleKinds.Images;

    /// <summary>The samples that it is measured of where any samples are evaluated and nobody names the metrics.</summary>
    public SampleKinds Evaluated { get; init; } = SampleKinds.Points | SampleKinds.Images;

    /// <summary>Samples, and real ones, that it cannot do with less of.</summary>
    public int LeastSamples { get; init; } = 1;

    /// <summary>Samples that it looks at, at most: of more, a subset stands for all.</summary>
    public int MostSamples { get; init; } = int.MaxValue;

    /// <summary>Whether it rests on covariances, which no more samples than numbers in a point leave without full rank.</summary>
    public bool ReadsCovariance { get; init; }

    /// <summary>Which numbers of points its mean hangs on: sets compare only where these are alike.</summary>
    public CountDependence HangsOn { get; init; }

    /// <summary>Measures a set of samples against held-out real ones; null of a metric that a run tells by itself, as the seconds it took.</summary>
    public Func<MetricSet, Measurement>? Measure { get; init; }
}

/// <summary>Which values of a metric are better.</summary>
public enum MetricDirection
{
    /// <summary>The lower the better.</summary>
    Lower = -1,

    /// <summary>Neither.</summary>
    Neither = 0,

    /// <summary>The higher the better.</summary>
    Higher = 1,
}

/// <summary>The numbers of points that a metric's mean hangs on, for sets of one distribution.</summary>
public enum CountDependence
{
    /// <summary>That of the samples and that of the real points.</summary>
    Both,

    /// <summary>None.</summary>
    None,

    /// <summary>That of the samples.</summary>
    Samples,

    /// <summary>That of the real points.</summary>
    Real,

    /// <summary>The ratio of both.</summary>
    Ratio,
}

/// <summary>What a metric needs to be measured.</summary>
[Flags]
public enum MetricNeeds
{
    /// <summary>Nothing but a run.</summary>
    None = 0,

    /// <summary>Samples as they are, and held-out real ones.</summary>
    Points = 1,

    /// <summary>Both in a space in which distributions are compared: the features of images; other points are their own.</summary>
    Features = 2,

    /// <summary>Points of one dimension.</summary>
    Line = 4,

    /// <summary>The true distribution in closed form.</summary>
    Truth = 8,

    /// <summary>A classifier of clean samples.</summary>
    Classifier = 16,

    /// <summary>The states of samples on their way.</summary>
    Trajectory = 32,

    /// <summary>Which real samples the generator was trained on, and others that it never saw.</summary>
    Training = 64,

    /// <summary>More than one class.</summary>
    Classes = 128,
}

/// <summary>Kinds of samples.</summary>
[Flags]
public enum SampleKinds
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Points [D], each compared with real points of its own class.</summary>
    Points = 1,

    /// <summary>Images [C, H, W], compared in features, over all classes.</summary>
    Images = 2,
}
