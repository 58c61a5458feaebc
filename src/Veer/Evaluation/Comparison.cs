using System.Globalization;
using Veer.Formats;
using Veer.Metrics;

namespace Veer.Evaluation;

/// <summary>Measures sets against one reference by every metric, whole and on subsets, for all classes and for each.</summary>
/// <param name="metrics">The metrics.</param>
/// <param name="options">How.</param>
/// <param name="progress">Told of work done, in products of numbers.</param>
/// <param name="cancellation">Asked before every set.</param>
internal sealed class Comparison(IReadOnlyList<Metric> metrics, EvaluationOptions options, Action<double> progress, CancellationToken cancellation)
{
    /// <summary>Of covariances of so many numbers and more, whose eigenvalues take long, few subsets must do.</summary>
    public const int ManyDimensions = 512, FewSubsets = 10;

    private const string FloorPlace = "the floor";

    /// <summary>A number with those of its subsets, or with what each sample has where it is the mean of that.</summary>
    public sealed record Number(Metric Metric, string Class, Estimate Estimate, IReadOnlyList<double> Replicates, Subsampling? Drawn, long Rows, double[]? Each = null);

    private readonly Dictionary<(string Metric, string Fault), List<string>> omitted = [];

    /// <summary>What the data do not allow: a line for each metric that is left out somewhere; of the floor too, where it is left out of samples.</summary>
    public IEnumerable<string> Omitted => omitted.Select(one => $"{one.Key.Metric} is left out of {(one.Value.Where(place => place != FloorPlace).Distinct().ToList() is { Count: > 0 } places ? Listed.First(places) : FloorPlace)}: {one.Key.Fault}");

    /// <summary>What the work comes to, in products of numbers.</summary>
    public double Work(IReadOnlyList<Body> sets, Body real)
    {
        var counts = sets.Append(real).Select(Counts).ToList();
        return Labels(sets, real).Sum(label => counts[..^1].Sum(own => Work(own(label), counts[^1](label), real.Points.shape[1])));

        static Func<int?, long> Counts(Body body)
        {
            using var counted = body.Data.Labels.bincount(null, body.Data.Classes);
            long[] each = counted.data<long>().ToArray();
            return label => label is { } one ? each.ElementAtOrDefault(one) : body.Count;
        }

        double Work(long samples, long others, long dimensions)
        {
            double whole = Subsampling.Products(samples, others, dimensions);
            return Subsampling.For(samples, others, dimensions, options.Subsets) is { } drawn ? whole * (1 + drawn.Count / (double)(drawn.Divisor * drawn.Divisor)) : whole;
        }
    }

    /// <summary>Every number of each set.</summary>
    /// <param name="sets">The sets.</param>
    /// <param name="real">What they are measured against.</param>
    /// <param name="training">What the generator was trained on.</param>
    /// <param name="unseen">Real points that it never saw; null where there are none.</param>
    /// <param name="floor">Which set is of real points that this program chose: what it lacks is nobody's fault.</param>
    public IReadOnlyList<Number>[] Measure(IReadOnlyList<Body> sets, Body real, Body training, Body? unseen, int? floor)
    {
        var numbers = sets.Select(_ => new List<Number>()).ToArray();
        foreach (int? label in Labels(sets, real))
        {
            using var scope = NewDisposeScope();
            if (Create(label, sets, real) is not { } group) continue;
            var own = unseen is null || label is null ? unseen : unseen.OfClass(label.Value);
            var known = label is null ? training : ReferenceEquals(training, real) ? group.Real : training.OfClass(label.Value);
            Measure(group with { Floor = floor }, known, own is { Count: 0 } ? null : own, numbers);
        }
        return numbers;
    }

    /// <summary>The difference of two sets' numbers, by the subsets that they share; by the errors of both, where they share none.</summary>
    public static Estimate Difference(Number from, Number to)
    {
        double value = to.Estimate.Value - from.Estimate.Value;
        bool paired = from.Drawn is { } drawn && drawn == to.Drawn && from.Replicates.Count == to.Replicates.Count && from.Replicates.Count > 1;
        // the rows of both are the same samples
        if (from.Each is { } before && to.Each is { } later && before.Length == later.Length) return new(value, Spread.ErrorOfMean([.. later.Zip(before, (one, other) => one - other)]));
        return new(value, paired ? to.Drawn!.Error([.. to.Replicates.Zip(from.Replicates, (one, other) => one - other)], Math.Min(to.Rows, from.Rows), to.Metric.MostSamples)
            : double.Hypot(from.Estimate.Error, to.Estimate.Error));
    }

    private sealed record Group(int? Label, Body Real, IReadOnlyList<(int Index, Body Body)> Sets)
    {
        public int? Floor { get; init; }

        public string Name => Label?.ToString(CultureInfo.InvariantCulture) ?? EvaluatedSet.All;
    }

    /// <summary>All classes together, then each, where there are labels.</summary>
    private IEnumerable<int?> Labels(IReadOnlyList<Body> sets, Body real)
    {
        if (!options.PerClass || real.Data.Classes == 1 || sets.Any(set => set.Data.Classes == 1)) return [null];
        // labels may be numbers of any size, of which few are there
        using var scope = NewDisposeScope();
        return [null, .. real.Data.Labels.bincount(null, real.Data.Classes).gt(1).nonzero().data<long>().Select(label => (int?)label)];
    }

    /// <summary>Sets of one class; null where there is nothing to measure.</summary>
    private static Group? Create(int? label, IReadOnlyList<Body> sets, Body real)
    {
        if (label is not { } own) return new(null, real, [.. sets.Index()]);
        var (some, mine) = (sets.Index().Select(set => (set.Index, Body: set.Item.OfClass(own))).Where(set => set.Body.Count > 1).ToList(), real.OfClass(own));
        return mine.Count > 1 && some.Count > 0 ? new(label, mine, some) : null;
    }

    private void Measure(Group group, Body training, Body? unseen, List<Number>[] numbers)
    {
        var whole = new Dictionary<(int Set, Metric Metric), Measurement>();
        var replicates = new Dictionary<(int Set, Metric Metric), List<double>>();
        using (var reference = Reference(group.Real, training, unseen, 1))
        {
            foreach (var (index, body) in group.Sets)
            {
                using var scope = NewDisposeScope();
                List<Metric> allowed = [.. Allowed(group, body, group.Real, unseen is not null)];
                double work = Subsampling.Products(body.Count, group.Real.Count, body.Points.shape[1]), told = 0;
                if (allowed.Count == 0) progress(work);
                var set = new MetricSet(body.Data, reference) { Points = body.Points, Cancellation = cancellation, Progress = new SynchronousProgress<double>(Tell) };
                foreach (var metric in allowed)
                {
                    cancellation.ThrowIfCancellationRequested();
                    // training points are their own: of what looks for them in samples the floor is that of unseen points
                    bool itself = options.ReferenceIsUnseen && index == group.Floor && metric.Needs.HasFlag(MetricNeeds.Training);
                    var measured = itself ? new MetricSet(group.Real.Data, reference) { Points = group.Real.Points, Cancellation = cancellation } : set;
                    if (Measured(metric, measured, group, index) is { } found) whole[(index, metric)] = found with { Each = found.Each?.MoveToOuterDisposeScope() };
                    Tell(1);
                    told = 0;
                }

                void Tell(double share)
                {
                    progress(work / allowed.Count * (share - told));
                    told = share;
                }
            }
        }
        int most = group.Sets.Max(set => Drawn(set.Body, group.Real)?.Count ?? 0);
        for (int subset = 0; subset < most; subset++)
        {
            // sets of one size share the subset of the reference, and what metrics prepare of it
            foreach (var alike in group.Sets.GroupBy(set => Drawn(set.Body, group.Real)))
            {
                if (alike.Key is not { } drawn || subset >= drawn.Count) continue;
                using var scope = NewDisposeScope();
                var real = group.Real.Rows(drawn.Rows("evaluation-real", options.Seed, subset, group.Real.Count));
                using var reference = Reference(real, training, unseen, drawn.Divisor);
                foreach (var (index, body) in alike)
                {
                    using var step = NewDisposeScope();
                    var part = body.Rows(drawn.Rows("evaluation-samples", options.Seed, subset, body.Count));
                    var set = new MetricSet(part.Data, reference) { Points = part.Points, Cancellation = cancellation };
                    // what is a mean over samples tells its own error; the training points are what they are
                    foreach (var metric in Allowed(group, part, real, knowsTraining: false).Where(metric => whole.TryGetValue((index, metric), out var found) && found is { Each: null, Error: null }
                        && (subset < FewSubsets || !metric.ReadsCovariance || real.Points.shape[1] < ManyDimensions)))
                    {
                        cancellation.ThrowIfCancellationRequested();
                        if (Measured(metric, set, group, index) is not { } found) continue;
                        if (!replicates.TryGetValue((index, metric), out var known)) replicates[(index, metric)] = known = [];
                        known.Add(found.Value);
                    }
                    progress(Subsampling.Products(part.Count, real.Count, part.Points.shape[1]));
                }
            }
        }
        foreach (var ((index, metric), found) in whole)
        {
            var body = group.Sets.First(set => set.Index == index).Body;
            long rows = Math.Min(body.Count, group.Real.Count);
            var drawn = Drawn(body, group.Real);
            var known = replicates.GetValueOrDefault((index, metric)) ?? [];
            double[]? each = found.Each?.flatten().to(ScalarType.Float64).data<double>().ToArray();
            double error = found.Error ?? (each is not null ? double.Hypot(Spread.ErrorOfMean(each), found.Beside)
                : drawn is not null && known.Count > 1 ? drawn.Error(known, rows, metric.MostSamples) : double.NaN);
            numbers[index].Add(new(metric, group.Name, new(found.Value, error), known, drawn, rows, each));
        }
    }

    /// <summary>A number; null where the data do not allow it, unless it was asked for by name.</summary>
    private Measurement? Measured(Metric metric, MetricSet set, Group group, int index)
    {
        try
        {
            return metric.Measure!(set);
        }
        catch (InputException fault) when (options.Metrics is null || index == group.Floor)
        {
            // a subset less leaves the number itself as it is
            if (set.Real.IsSubset) return null;
            if (!omitted.TryGetValue((metric.Name, fault.Message), out var places)) omitted[(metric.Name, fault.Message)] = places = [];
            places.Add(index == group.Floor ? FloorPlace : group.Label is null ? "all classes together" : $"class {group.Name}");
            return null;
        }
    }

    /// <summary>Of classes, whose samples are few, covariances are measured only where they can be of full rank.</summary>
    private IEnumerable<Metric> Allowed(Group group, Body samples, Body real, bool knowsTraining) => metrics.Where(metric =>
        Math.Min(samples.Count, real.Count) >= metric.LeastSamples
        && (knowsTraining || !metric.Needs.HasFlag(MetricNeeds.Training))
        // within one class there are no others
        && (group.Label is null || !metric.Needs.HasFlag(MetricNeeds.Classes))
        && (group.Label is null || !metric.ReadsCovariance || Math.Min(group.Real.Count, group.Sets.Min(set => set.Body.Count)) > real.Points.shape[1]));

    private MetricReference Reference(Body real, Body training, Body? unseen, int divisor) => new(real.Data)
    {
        Points = real.Points,
        Training = unseen is null ? null : training.Points,
        Unseen = unseen?.Points,
        Directions = options.Directions,
        Divisor = divisor,
        Seed = options.Seed,
    };

    private Subsampling? Drawn(Body samples, Body real) => Subsampling.For(samples.Count, real.Count, real.Points.shape[1], options.Subsets);
}
