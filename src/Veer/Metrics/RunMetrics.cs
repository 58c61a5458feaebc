namespace Veer.Metrics;

/// <summary>Numbers that every run records: what its stages cost, and the shape of its trajectories.</summary>
public static class RunMetrics
{
    /// <summary>Of <see cref="Trajectories.TrajectoryShape"/>.</summary>
    public static Metric BoundaryDistance { get; } = new(
        "boundary-distance", "Distance to boundary", MetricDirection.Neither,
        "Distance of a trajectory to the decision boundary p(c given x_t) = 1/2, the mean over its states and over trajectories.")
    {
        Needs = MetricNeeds.Trajectory | MetricNeeds.Classifier,
        Evaluated = SampleKinds.None,
    };

    /// <summary>Of <see cref="Trajectories.TrajectoryShape"/>.</summary>
    public static Metric BoundaryLeastDistance { get; } = new(
        "boundary-least-distance", "Least distance to boundary", MetricDirection.Neither,
        "Distance of a trajectory to the decision boundary where it is nearest to it, the mean over trajectories.")
    {
        Needs = MetricNeeds.Trajectory | MetricNeeds.Classifier,
        Evaluated = SampleKinds.None,
    };

    /// <summary>Of <see cref="Trajectories.TrajectoryShape"/>.</summary>
    public static Metric Bend { get; } = new(
        "bend", "Bend", MetricDirection.Neither, "Length of the trajectory over the straight line between its ends; 1 is straight.")
    { Needs = MetricNeeds.Trajectory, Evaluated = SampleKinds.None };

    /// <summary>Wall-clock time.</summary>
    public static Metric Seconds { get; } = new("seconds", "Seconds", MetricDirection.Neither, "Time to make the samples of this stage.")
    { Evaluated = SampleKinds.None };

    /// <summary>Of a postprocessor whose strength is chosen.</summary>
    public static Metric Strength { get; } = new("strength", "Strength", MetricDirection.Neither, "How far the flow is followed, 0 to 1; chosen on samples drawn for it.")
    { Evaluated = SampleKinds.None };

    /// <summary>NFE.</summary>
    public static Metric Evaluations { get; } = new("nfe", "Evaluations", MetricDirection.Neither, "Number of function evaluations (NFE): calls of the network per sample.")
    { Evaluated = SampleKinds.None };
}
