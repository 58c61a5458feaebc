using System.Globalization;
using Veer.Data;
using Veer.Formats;
using Veer.Metrics;

namespace Veer.Evaluation;

/// <summary>
/// Measures samples against statistics of real features (<see cref="FrechetStatistics"/>) where the real samples themselves are not at hand: the Fréchet
/// distance alone, without a floor.
/// </summary>
public static class StatisticsEvaluation
{
    /// <summary>Evaluates sets beside each other.</summary>
    /// <param name="sets">Names and samples, as for <see cref="SampleEvaluation"/>.</param>
    /// <param name="reference">Moments of the real features, in the space of <paramref name="options"/>.</param>
    /// <param name="name">What the statistics are called.</param>
    /// <param name="options">Space, subsets and seed; as is usual, if not given.</param>
    /// <param name="progress">Told the share that is done, 0 to 1, and what is at work.</param>
    /// <param name="cancellation">Stops between subsets.</param>
    /// <exception cref="ArgumentException">There are no sets, or two have one name.</exception>
    /// <exception cref="InputException">A set has fewer than two samples, or features of another size than the statistics.</exception>
    public static EvaluationResult Run(
        IReadOnlyList<(string Name, LabeledData Data)> sets, FeatureMoments reference, string name, EvaluationOptions? options = null,
        IProgress<(double Fraction, string Detail)>? progress = null, CancellationToken cancellation = default)
    {
        SampleEvaluation.RequireNames(sets);
        options ??= new();
        SettingRanges.Require(options, "evaluation");
        using var scope = NewDisposeScope();
        sets = [.. sets.Select(set => (set.Name, set.Data.Checked(set.Name)))];
        using var quiet = no_grad();
        var see = new Seeing(sets[0].Data, options, [FrechetDistance.Metric], progress, sets.Sum(set => set.Data.Count), cancellation);
        var prepared = new FrechetReference(reference);
        var found = sets.Select((set, place) =>
        {
            var points = see.Of(set.Name, set.Data).Points;
            if (points.shape[1] != reference.Size) throw new InputException(name, "mu", $"{reference.Size} features", $"{points.shape[1]}, as those of {set.Name}");
            return Measure(set.Name, points, share => progress?.Report((see.Share + (1 - see.Share) * (place + share) / sets.Count, $"measuring {set.Name}")));
        }).ToList();
        return new(
            [.. found.Select(one => one.Set)], null, [.. found.Skip(1).Select(later => new EvaluatedDifference(
                later.Set.Name, found[0].Set.Name, FrechetDistance.Metric.Name, EvaluatedSet.All, Comparison.Difference(found[0].Number, later.Number)))],
            [
                "statistics alone: Fréchet distances without a floor; give the real samples for more",
                .. sets.Where(set => set.Data.Count <= reference.Size).Select(set => FormattableString.Invariant($"{set.Name}: {set.Data.Count} samples for {reference.Size} features: its distance is too high by much")),
            ],
            EvaluationFingerprint.OfAll(
                sets, $"statistics of {reference.Count?.ToString(CultureInfo.InvariantCulture) ?? "an unknown number of"} samples, {name}, {ContentKey.Hash(reference.Mean, reference.Covariance)}", options with { Unseen = null, Training = null }));

        (EvaluatedSet Set, Comparison.Number Number) Measure(string called, Tensor points, Action<double> told)
        {
            double value = Distance(points);
            long rows = points.shape[0];
            // the reference is what it is: subsets of the samples alone
            var drawn = Subsampling.For(rows, rows, reference.Size, reference.Size < Comparison.ManyDimensions ? options.Subsets : Math.Min(options.Subsets, Comparison.FewSubsets));
            var replicates = Enumerable.Range(0, drawn?.Count ?? 0).Select(subset =>
            {
                cancellation.ThrowIfCancellationRequested();
                using var part = NewDisposeScope();
                told((subset + 1.0) / drawn!.Count);
                return Distance(points.index_select(0, tensor(drawn.Rows("evaluation-samples", options.Seed, subset, rows))));
            }).ToList();
            var estimate = new Estimate(value, drawn?.Error(replicates, rows, int.MaxValue) ?? double.NaN);
            return (new(called, rows, reference.Count ?? 0, [new(FrechetDistance.Metric.Name, EvaluatedSet.All, estimate)], [], []), new(FrechetDistance.Metric, EvaluatedSet.All, estimate, replicates, drawn, rows));
        }

        double Distance(Tensor points) => prepared.Compare(points).Value;
    }
}
