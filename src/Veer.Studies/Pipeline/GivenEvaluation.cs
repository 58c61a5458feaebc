using Veer.Data;
using Veer.Evaluation;
using Veer.Features;
using Veer.Metrics;

namespace Veer.Studies.Pipeline;

/// <summary>Measures given samples before and after their repair against held-out real points, those that the repair was trained on beside: every number with interval and floor.</summary>
internal static class GivenEvaluation
{
    /// <summary>Real points that are compared with, at most: more make a small set's numbers no firmer.</summary>
    private const long MostReal = 10_000;

    /// <summary>Of each class that has so many: fewer are not measured by themselves.</summary>
    private const int LeastOfClass = 2;

    /// <summary>Products of numbers a second, about.</summary>
    private const double Rate = 7e9;

    /// <summary>Measurements on subsets, in sizes of the whole.</summary>
    private const double Subsets = 11;

    /// <param name="context">The run.</param>
    /// <param name="space">Where images are compared; null of vectors.</param>
    /// <param name="stages">The samples at each stage, "before" first.</param>
    /// <param name="progress">Told the share that is done.</param>
    public static EvaluationResult Measure(RunContext context, IFeatureSpace? space, IReadOnlyList<(string Stage, LabeledData Samples)> stages, Action<double> progress) => SampleEvaluation.Run(
        stages, Some(context.Data.HeldOut, context.Run.Seed), new() { Space = space, Training = context.Data.Train, Seed = context.Run.Seed, Directions = context.Settings.Evaluation.Projections, ClassNames = context.Data.ClassNames },
        new SynchronousProgress<(double Fraction, string Detail)>(told => progress(told.Fraction)), context.Cancellation);

    /// <summary>Seconds that it takes, about.</summary>
    public static double Seconds(RunContext context, double samples, int stages)
    {
        double all = samples + Math.Min(MostReal, context.Data.HeldOut.Count);
        return (stages + 1) * all * all * (context.Data.IsImages ? 200 : 100 + context.Data.Dimensions) * Subsets / Rate;
    }

    /// <summary>Points drawn by the seed, <see cref="MostReal"/> and what rare classes lack.</summary>
    internal static LabeledData Some(LabeledData data, long seed)
    {
        if (data.Count <= MostReal) return data;
        long[] drawn = KeyedSubset.Rows(RandomKey.From(seed, "evaluated-held-out"), data.Count, MostReal);
        long[] labels = data.Labels.data<long>().ToArray();
        // of a rare class chance may leave none, and its samples would have nothing to be measured against
        var taken = drawn.CountBy(row => labels[row]).ToDictionary();
        var rare = labels.Index().Where(row => taken.GetValueOrDefault(row.Item) < LeastOfClass).GroupBy(row => row.Item, row => (long)row.Index).SelectMany(rows => rows.Take(LeastOfClass));
        return data.Rows([.. drawn.Union(rare).Order()]);
    }
}
