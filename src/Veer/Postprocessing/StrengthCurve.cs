using Veer.Features;
using Veer.Solvers;

namespace Veer.Postprocessing;

/// <summary>What held-out samples are at a strength.</summary>
/// <param name="Strength">0 leaves the samples, 1 follows the flow to its end.</param>
/// <param name="Distance">Their distance to held-out real points, as <see cref="StrengthCurve"/> says; of chance, it may be below 0.</param>
/// <param name="Error">Its standard error.</param>
/// <param name="Change">The distance less that at strength 0: below 0 it has fallen.</param>
/// <param name="ChangeError">Its standard error; less than that of the distance, as both are of the same points.</param>
public sealed record StrengthPoint(double Strength, double Distance, double Error, double Change, double ChangeError);

/// <summary>The distance of held-out samples to held-out real points along a flow, and the strength that is safe to take.</summary>
/// <remarks>
/// A strength above 0 is taken only where the distance falls by more than three standard errors of the fall, so that samples which are as good as
/// real ones stay as they are; of those that pass, the one of the lowest distance is taken. Errors are of the jackknife (Efron, 1982): samples and
/// real points are shared out among ten groups, and the distances are measured again without each group in turn; the strengths move the same
/// samples, so that what they have in common cancels in the fall. The distance is a squared maximum mean discrepancy (Gretton et al., 2012) of
/// Gaussian kernels as wide as real points have neighbours, up to as wide as they lie apart, relative to the real points' own mean kernel: about 0 for
/// samples of the real points' distribution, whatever their number, and 1 or more for ones that lie elsewhere.
/// </remarks>
public sealed class StrengthCurve
{
    /// <summary>The strengths that are tried, unless said otherwise.</summary>
    public static IReadOnlyList<double> Usual { get; } = [0, 0.25, 0.5, 0.75, 1];

    private const int Groups = 10;
    private const double ErrorsBeyondNoise = 3;

    /// <param name="points">From strength 0 on.</param>
    internal StrengthCurve(IReadOnlyList<StrengthPoint> points) => (Points, Chosen) = (points, Choose(points));

    /// <summary>The curve, from strength 0 on.</summary>
    public IReadOnlyList<StrengthPoint> Points { get; }

    /// <summary>The point of the strength that is taken.</summary>
    public StrengthPoint Chosen { get; }

    /// <summary>Measures a flow at several strengths and chooses one.</summary>
    /// <param name="flow">The postprocessor.</param>
    /// <param name="heldOut">Points that neither the training nor early stopping knew, at least twice as many of each as there are groups: 20.</param>
    /// <param name="strengths">The strengths to choose from, each 0 to 1; 0 is always among them. The usual ones, if not given.</param>
    /// <param name="space">Where images are compared; their values, if not given. Vectors are compared in the flow's unit.</param>
    /// <param name="solver">The solver that the flow will be followed with; that of <see cref="Postprocessor"/> itself if not given.</param>
    /// <param name="cancellation">Stops between steps.</param>
    /// <exception cref="InputException">There are too few points, or too many.</exception>
    public static StrengthCurve Measure(
        Postprocessor flow, HeldOut heldOut, IReadOnlyList<double>? strengths = null, IFeatureSpace? space = null, IOdeSolver? solver = null,
        CancellationToken cancellation = default)
    {
        heldOut.Check("strength", 2 * Groups);
        using var scope = NewDisposeScope();
        double[] rising = [.. (strengths ?? Usual).Append(0).Distinct().Order()];
        var coordinates = new Coordinates(space, flow.Standardisation);
        var (moved, _) = flow.Apply(heldOut.Samples.Points, heldOut.Samples.Labels, rising, solver, cancellation);
        var discrepancy = new KernelDiscrepancy(coordinates.Of(heldOut.Real.Points, cancellation));
        var measured = moved.Select(points => discrepancy.Jackknife(coordinates.Of(points, cancellation), Groups, cancellation)).ToList();
        var before = measured[0];
        return new([.. rising.Zip(measured, (strength, own) => new StrengthPoint(
            strength, own.All, Error(own.Without), own.All - before.All, Error([.. own.Without.Zip(before.Without, (at, first) => at - first)])))]);
    }

    private static StrengthPoint Choose(IReadOnlyList<StrengthPoint> points) =>
        points.Where(point => point.Change < -ErrorsBeyondNoise * point.ChangeError).MinBy(point => point.Distance) ?? points[0];

    /// <summary>The jackknife's standard error.</summary>
    private static double Error(IReadOnlyList<double> without)
    {
        double mean = without.Average();
        return Math.Sqrt((Groups - 1.0) / Groups * without.Sum(value => (value - mean) * (value - mean)));
    }
}
