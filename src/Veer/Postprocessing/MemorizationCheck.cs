using System.Text.Json.Serialization;
using Veer.Features;
using Veer.Matching;
using Veer.Solvers;

namespace Veer.Postprocessing;

/// <summary>
/// Whether a flow gives its training points back: repaired samples that it never saw then lie far nearer to a training point than unseen real
/// points do.
/// </summary>
/// <param name="Repaired">Median distance of repaired held-out samples to their nearest real training point.</param>
/// <param name="Unseen">Median distance of held-out real points to theirs.</param>
public sealed record MemorizationCheck(double Repaired, double Unseen)
{
    /// <summary>Below it a flow memorises: repaired samples half as far from the training points as real ones are no accident of smooth images.</summary>
    public const double Threshold = 0.5;

    /// <summary>The first distance over the second; 1 where unseen real points are training points themselves.</summary>
    [JsonIgnore]
    public double Ratio => Unseen > 0 ? Repaired / Unseen : 1;

    /// <summary>Whether the flow memorises.</summary>
    [JsonIgnore]
    public bool Memorizes => Ratio < Threshold;

    /// <summary>What it says, in a line.</summary>
    [JsonIgnore]
    public string Line => FormattableString.Invariant(
        $"repaired samples are {Ratio:g2} times as far from the nearest training point as unseen real points are{(Memorizes ? ": the flow memorises" : "")}");

    /// <summary>Repairs held-out samples, and measures them.</summary>
    /// <param name="flow">The postprocessor.</param>
    /// <param name="heldOut">Samples and real points that it was not trained on.</param>
    /// <param name="strength">How far to follow it.</param>
    /// <param name="solver">The solver to follow it with.</param>
    /// <param name="training">[T, ...] the real points that it was trained on.</param>
    /// <param name="space">Where images are compared; their values, if not given.</param>
    /// <param name="cancellation">Stops the search.</param>
    internal static MemorizationCheck Measure(
        Postprocessor flow, HeldOut heldOut, double strength, IOdeSolver solver, Tensor training, IFeatureSpace? space, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var repaired = flow.Apply(heldOut.Samples.Points, heldOut.Samples.Labels, solver, strength, cancellation).Samples;
        return Measure(flow, repaired, heldOut.Real.Points, training, space, cancellation);
    }

    /// <summary>Measures repaired samples, by exact nearest neighbours.</summary>
    /// <param name="flow">The postprocessor, in whose unit vectors are compared.</param>
    /// <param name="repaired">[N, ...] repaired samples that it was not trained on.</param>
    /// <param name="unseen">[U, ...] real points that it was not trained on.</param>
    /// <param name="training">[T, ...] the real points that it was trained on.</param>
    /// <param name="space">Where images are compared; their values, if not given.</param>
    /// <param name="cancellation">Stops the search.</param>
    /// <exception cref="InputException">A set is empty, or a value is not finite.</exception>
    public static MemorizationCheck Measure(
        Postprocessor flow, Tensor repaired, Tensor unseen, Tensor training, IFeatureSpace? space = null, CancellationToken cancellation = default)
    {
        foreach (var (name, points) in (IEnumerable<(string, Tensor)>)[("repaired", repaired), ("unseen", unseen)])
            if (points.shape[0] == 0) throw new InputException("memorisation", name, "none", "at least 1");
        using var scope = NewDisposeScope();
        var coordinates = new Coordinates(space, flow.Standardisation);
        var known = coordinates.Of(training, cancellation);
        return new(Median(repaired), Median(unseen));

        double Median(Tensor points) =>
            Neighbors.Search(coordinates.Of(points, cancellation), known, 1, cancellation: cancellation).Distances.median().item<float>();
    }
}
