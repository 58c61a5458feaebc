using Veer.Matching;

namespace Veer.Metrics;

/// <summary>
/// The sliced Wasserstein-2 distance (Rabin et al., 2011; Bonneel et al., 2015): the root of the mean, over unit directions, of the
/// squared W2 between the projections.
/// In one dimension W2 compares quantile functions, so it takes a sort instead of a matching, on all points.
/// </summary>
/// <remarks>
/// In two dimensions the directions are evenly spaced over the half circle: the mean over them converges like an integral by the
/// trapezoid rule, where random ones would leave an error of 1/sqrt(directions). In more, direction i is normal noise keyed by (seed,
/// "sliced-wasserstein", i), scaled to length 1. Sets of different size are compared exactly: their quantile functions are steps, and
/// the integral of the squared difference is a finite sum over the common steps. A shift of the set by d gives |d| / sqrt(D).
/// </remarks>
public static class SlicedWasserstein
{
    /// <summary>As studies measure it.</summary>
    public static Metric Metric { get; } = new(
        "sliced-wasserstein-2", "Sliced Wasserstein-2", MetricDirection.Lower,
        "Wasserstein-2 averaged over one-dimensional projections.")
    {
        Source = "Rabin et al., 2011; Bonneel et al., 2015",
        Needs = MetricNeeds.Features,
        Default = SampleKinds.Points,
        Measure = set => new(Distance(set.Points, set.Real.Points, set.Real.Directions, set.Real.Seed)),
    };

    /// <summary>Directions, unless said otherwise.</summary>
    public const int DefaultDirections = SlicedTransport.DefaultDirections;

    /// <summary>The distance, in the unit of the points.</summary>
    /// <param name="samples">[N, D] float32 or float64.</param>
    /// <param name="reference">[M, D].</param>
    /// <param name="directions">Number of directions, at least 1; in one dimension there is only one.</param>
    /// <param name="seed">Draws the directions in three and more dimensions.</param>
    /// <exception cref="InputException">A set is empty or a value is not finite.</exception>
    public static double Distance(Tensor samples, Tensor reference, int directions = DefaultDirections, long seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(directions, 1);
        PointSets.Check(samples, reference, "sliced-wasserstein");
        return Math.Sqrt(SlicedTransport.SquaredDistance(samples, reference, directions, seed));
    }
}
