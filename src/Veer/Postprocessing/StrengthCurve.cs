using Veer.Data;
using Veer.Features;
using Veer.Matching;
using Veer.Solvers;

namespace Veer.Postprocessing;

/// <summary>What held-out samples are at a strength.</summary>
/// <param name="Strength">0 leaves the samples, 1 follows the flow to its end.</param>
/// <param name="Distance">Their distance to held-out real points.</param>
/// <param name="Error">Its standard error.</param>
/// <param name="Change">The distance less that at strength 0: below 0 it has fallen.</param>
/// <param name="ChangeError">Its standard error; less than that of the distance, as both are of the same points.</param>
public sealed record StrengthPoint(double Strength, double Distance, double Error, double Change, double ChangeError);

/// <summary>The distance of held-out samples to held-out real points along a flow, and the strength that is safe to take.</summary>
/// <remarks>
/// A strength above 0 is taken only where the distance falls by more than three standard errors of the fall, so that samples which are as good as
/// real ones stay as they are. Of those that pass, the smallest is taken whose distance is within one standard error of the lowest. Errors are
/// of the jackknife (Efron, 1982): samples and real points are shared out among groups, and the distances are measured again without each group
/// in turn; the strengths move the same samples, so that what they have in common cancels in the fall.
/// </remarks>
public sealed class StrengthCurve
{
    /// <summary>The strengths that are tried, unless said otherwise.</summary>
    public static IReadOnlyList<double> Usual { get; } = [0, 0.25, 0.5, 0.75, 1];

    private const int Groups = 10;
    private const double ErrorsBeyondNoise = 3;

    private StrengthCurve(IReadOnlyList<StrengthPoint> points) => (Points, Chosen) = (points, Choose(points));

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
    /// <param name="distance">Of samples [N, F] to real points [M, F]; sliced Wasserstein, if not given.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="InputException">There are too few points.</exception>
    public static StrengthCurve Measure(
        Postprocessor flow, HeldOut heldOut, IReadOnlyList<double>? strengths = null, IFeatureSpace? space = null, IOdeSolver? solver = null,
        Func<Tensor, Tensor, double>? distance = null, CancellationToken cancellation = default)
    {
        const int least = 2 * Groups;
        foreach (var (name, points) in (IEnumerable<(string, LabeledData)>)[("samples", heldOut.Samples), ("real points", heldOut.Real)])
            if (points.Count < least) throw new InputException("strength", $"held-out {name}", $"{points.Count}", $"at least {least}");
        distance ??= (samples, real) => Math.Sqrt(SlicedTransport.SquaredDistance(samples, real));
        using var scope = NewDisposeScope();
        double[] rising = [.. (strengths ?? Usual).Append(0).Distinct().Order()];
        var coordinates = new Coordinates(space, flow.Standardisation);
        var (moved, _) = flow.Apply(heldOut.Samples.Points, heldOut.Samples.Labels, rising, solver, cancellation);
        var real = coordinates.Of(heldOut.Real.Points, cancellation);
        // [strength][0: all, then without each group]
        var measured = moved.Select(points => Jackknife(coordinates.Of(points, cancellation), real, distance, cancellation)).ToList();
        return new([.. rising.Zip(measured, (strength, own) => new StrengthPoint(
            strength, own[0], Error(own), own[0] - measured[0][0], Error([.. own.Zip(measured[0], (at, before) => at - before)])))]);
    }

    private static StrengthPoint Choose(IReadOnlyList<StrengthPoint> points)
    {
        var better = points.Where(point => point.Change < -ErrorsBeyondNoise * point.ChangeError).ToList();
        if (better.Count == 0) return points[0];
        var lowest = better.MinBy(point => point.Distance)!;
        return better.First(point => point.Distance <= lowest.Distance + lowest.ChangeError);
    }

    private static double[] Jackknife(Tensor samples, Tensor real, Func<Tensor, Tensor, double> distance, CancellationToken cancellation)
    {
        return [distance(samples, real), .. Enumerable.Range(0, Groups).Select(Without)];

        double Without(int group)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            return distance(Rest(samples, group), Rest(real, group));
        }
    }

    /// <summary>Every tenth row left out; held-out rows stand in a random order.</summary>
    private static Tensor Rest(Tensor rows, int group) =>
        rows.index_select(0, arange(rows.shape[0], ScalarType.Int64, rows.device).remainder(Groups).ne(group).nonzero().flatten());

    private static double Error(IReadOnlyList<double> values)
    {
        double mean = values.Skip(1).Average();
        return Math.Sqrt((Groups - 1.0) / Groups * values.Skip(1).Sum(value => (value - mean) * (value - mean)));
    }
}
