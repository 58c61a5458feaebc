using Veer.Data;
using Veer.Solvers;

namespace Veer.Postprocessing;

/// <summary>
/// How far to follow a flow. Where a generator's samples are good already, the flow that repairs those of other scales can do harm
/// (arXiv 2503.10638, Tab. 2 and 3, smallest scales); samples drawn for the choice alone tell. Where
/// held-out real points are at hand too, <see cref="StrengthCurve"/> takes only what is beyond their noise.
/// </summary>
public static class StrengthChoice
{
    /// <summary>The strength that brings samples nearest to real data; of equally near ones the smallest.</summary>
    /// <param name="flow">The postprocessor.</param>
    /// <param name="samples">Samples of the generator, neither trained on nor measured afterwards.</param>
    /// <param name="strengths">The strengths to choose from, each 0 to 1; 0 leaves the samples as they are.</param>
    /// <param name="distance">What is to become small: a distance of samples to real data; NaN counts as infinitely far.</param>
    /// <param name="solver">
    /// The solver that the flow will be followed with; that of <see cref="Postprocessor"/> itself if not given. A strength is chosen by
    /// what it gives there.
    /// </param>
    /// <param name="cancellation">Stops between steps.</param>
    /// <exception cref="ArgumentException">There are no strengths to choose from.</exception>
    public static double Choose(
        Postprocessor flow, LabeledData samples, IReadOnlyList<double> strengths, Func<LabeledData, double> distance, IOdeSolver? solver = null,
        CancellationToken cancellation = default)
    {
        if (strengths.Count == 0) throw new ArgumentException("no strengths to choose from", nameof(strengths));
        var rising = strengths.Distinct().Order().ToList();
        if (rising.Count == 1) return rising[0];
        using var scope = NewDisposeScope();
        var (moved, _) = flow.Apply(samples.Points, samples.Labels, rising, solver, cancellation);
        return rising.Zip(moved).MinBy(pair =>
        {
            using var measuring = NewDisposeScope();
            double far = distance(samples with { Points = pair.Second });
            return double.IsNaN(far) ? double.PositiveInfinity : far;
        }).First;
    }
}
