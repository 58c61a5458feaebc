using Veer.Data;
using Veer.Formats;
using Veer.Matching;
using Veer.Metrics;

namespace Veer.Evaluation;

/// <summary>
/// Measures samples of any generator against real points: every number with its interval and its floor, several sets beside each other with paired
/// differences, all classes and each, and where it is known what the generator was trained on, whether it repeats that.
/// </summary>
public static class SampleEvaluation
{
    /// <summary>Below this many samples numbers are too loose for comparisons with what others publish.</summary>
    private const int FewSamples = 2048;

    /// <summary>Evaluates one set.</summary>
    /// <inheritdoc cref="Run(IReadOnlyList{ValueTuple{string, LabeledData}}, LabeledData, EvaluationOptions?, IProgress{ValueTuple{double, string}}?, CancellationToken)"/>
    public static EvaluationResult Run(
        LabeledData samples, LabeledData reference, EvaluationOptions? options = null, IProgress<(double Fraction, string Detail)>? progress = null, CancellationToken cancellation = default) =>
        Run([("samples", samples)], reference, options, progress, cancellation);

    /// <summary>Evaluates sets beside each other.</summary>
    /// <param name="sets">Names, each another, and samples, [N, D] or [N, C, H, W] in [-1, 1] float32, on the CPU; of one class where they have no labels.</param>
    /// <param name="reference">Real points of the same shape.</param>
    /// <param name="options">How; as is usual, if not given.</param>
    /// <param name="progress">Told the share that is done, 0 to 1, and what is at work.</param>
    /// <param name="cancellation">Stops between metrics.</param>
    /// <exception cref="ArgumentException">There are no sets, or two have one name.</exception>
    /// <exception cref="InputException">Sets and reference do not fit each other, a value is not finite, or a metric is not known or not to be had of such data.</exception>
    public static EvaluationResult Run(
        IReadOnlyList<(string Name, LabeledData Data)> sets, LabeledData reference, EvaluationOptions? options = null,
        IProgress<(double Fraction, string Detail)>? progress = null, CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        options ??= new();
        SettingRanges.Require(options, "evaluation");
        RequireNames(sets);
        (sets, reference) = ([.. sets.Select(set => (set.Name, set.Data.Checked(set.Name)))], reference.Checked("reference"));
        options = options with { Unseen = options.Unseen?.Checked("unseen"), Training = options.Training?.Checked("training") };
        // labels on one side alone say nothing
        if (reference.Classes == 1 || sets.Any(set => set.Data.Classes == 1) || options.Unseen is { Classes: 1 } || options.Training is { Classes: 1 })
        {
            (sets, reference) = ([.. sets.Select(set => (set.Name, set.Data.OfOneClass()))], reference.OfOneClass());
            options = options with { Unseen = options.Unseen?.OfOneClass(), Training = options.Training?.OfOneClass() };
        }
        foreach (var (name, data) in sets.Append(("reference", reference))) Check(name, data, reference);
        foreach (var (name, data) in ((string, LabeledData?)[])[("unseen", options.Unseen), ("training", options.Training)])
            if (data is not null) Check(name, data, reference);
        var metrics = Metrics(options, reference, (options.Unseen ?? options.Training) is not null);
        var tooFew = TooFew([.. sets.Select(set => Math.Min(set.Data.Count, reference.Count))], metrics, options.Metrics is not null);
        using var quiet = no_grad();
        var see = new Seeing(reference, options, metrics, progress, sets.Sum(set => set.Data.Count) + reference.Count + (options.Unseen?.Count ?? 0) + (options.Training?.Count ?? 0), cancellation);
        var real = see.Of("reference", reference);
        var unseen = options.ReferenceIsUnseen ? real : options.Unseen is null ? null : see.Of("unseen", options.Unseen);
        var training = options.Training is null ? real : see.Of("training", options.Training);
        List<Body> bodies = [.. sets.Select(set => see.Of(set.Name, set.Data))];
        var (second, rest) = Floor(bodies, real, options.ReferenceIsUnseen ? training : unseen, options.Seed);
        double work = 0, whole = 0;
        var comparison = new Comparison(metrics, options, done =>
        {
            work += done;
            progress?.Report((see.Share + (1 - see.Share) * Math.Min(1, work / whole), "measuring"));
        }, cancellation);
        bool together = unseen is not null && second is not null;
        List<Body> first = together ? [.. bodies, second!] : bodies;
        whole = comparison.Work(first, real) + (together || second is null ? 0 : comparison.Work([second], rest!));
        var numbers = comparison.Measure(first, real, training, unseen, together ? first.Count - 1 : null);
        var floor = second is null ? null : together ? numbers[^1] : comparison.Measure([second], rest!, rest!, null, floor: 0)[0];
        var ground = floor is null ? null : Set("real", second!, (together ? real : rest!).Count, floor, null, [], null);
        var found = sets.Zip(numbers, bodies).Select(set => Set(set.First.Name, set.Third, real.Count, set.Second, ground, Closest(set.Third, options.ReferenceIsUnseen ? training : real, options.Closest, cancellation), options.ClassNames)).ToList();
        var differences = numbers.Take(sets.Count).Skip(1).Zip(sets.Skip(1)).SelectMany(later => Differences(sets[0].Name, numbers[0], later.Second.Name, later.First)).ToList();
        return new(
            found, ground, differences,
            [.. Notes(bodies, real, second, unseen, metrics), .. tooFew, .. comparison.Omitted], EvaluationFingerprint.OfAll(sets, EvaluationFingerprint.OfPoints(reference), options))
        { ClassNames = options.ClassNames };
    }

    /// <summary>The metrics that are asked for, or that are usual.</summary>
    private static List<Metric> Metrics(EvaluationOptions options, LabeledData reference, bool knowsTraining)
    {
        bool images = reference.Points.dim() == 4;
        var known = MetricNeeds.Points | MetricNeeds.Features;
        if (knowsTraining) known |= MetricNeeds.Training;
        if (reference.Classes > 1) known |= MetricNeeds.Classes;
        if (!images && reference.Points.shape[1] == 1) known |= MetricNeeds.Line;
        var allowed = MetricRegistry.For(known).ToList();
        if (options.Metrics is not { } names) return [.. allowed.Where(metric => metric.Evaluated.HasFlag(images ? SampleKinds.Images : SampleKinds.Points))];
        if (names.FirstOrDefault(name => allowed.All(metric => metric.Name != name)) is { } other)
            throw new InputException("evaluation", "metrics", $"'{other}'", $"of such data some of {string.Join(", ", allowed.Select(metric => metric.Name))}");
        return [.. allowed.Where(metric => names.Contains(metric.Name))];
    }

    /// <summary>A line, or none, on metrics that a set has too few samples for.</summary>
    /// <exception cref="InputException">One that was asked for by name is to be had of no set.</exception>
    private static string[] TooFew(long[] counts, IReadOnlyList<Metric> metrics, bool asked)
    {
        if (asked && metrics.FirstOrDefault(metric => metric.LeastSamples > counts.Max()) is { } none)
            throw new InputException("evaluation", "metrics", FormattableString.Invariant($"'{none.Name}' of {counts.Max()} samples or real ones"), $"at least {none.LeastSamples}");
        var missing = metrics.Where(metric => metric.LeastSamples > counts.Min()).ToList();
        return missing.Count == 0 ? []
            : [FormattableString.Invariant($"left out of {counts.Min()} samples or real ones: {string.Join(", ", missing.Select(metric => FormattableString.Invariant($"{metric.Name} (wants {metric.LeastSamples})")))}")];
    }

    /// <summary>
    /// Real points that play samples, and what they are measured against: other real ones, as many as there are samples; or a part of the reference
    /// against the rest, in the ratio of samples and reference, which shares of covered points depend on.
    /// </summary>
    private static (Body? Second, Body? Others) Floor(IReadOnlyList<Body> sets, Body real, Body? others, long seed)
    {
        long wanted = sets.Max(set => set.Count);
        var key = RandomKey.From(seed, "evaluation-floor");
        if (others is not null) return (others.Rows(KeyedSubset.Rows(key, others.Count, wanted)), real);
        long size = (long)Math.Round((double)wanted * real.Count / (wanted + real.Count));
        if (size < 2 || real.Count - size < 2) return (null, null);
        long[] taken = KeyedSubset.Rows(key, real.Count, size);
        return (real.Rows(taken), real.Rows([.. Enumerable.Range(0, (int)real.Count).Select(row => (long)row).Except(taken)]));
    }

    private static EvaluatedSet Set(string name, Body body, long against, IReadOnlyList<Comparison.Number> numbers, EvaluatedSet? floor, IReadOnlyList<ClosestPair> closest, IReadOnlyList<string>? names)
    {
        var set = new EvaluatedSet(name, body.Count, against, [.. from metric in MetricRegistry.All
            from number in numbers
            where number.Metric == metric
            select new EvaluatedNumber(metric.Name, number.Class, number.Estimate)], [], closest);
        return floor is null ? set : set with { Findings = Diagnosis.Of(set, floor, names) };
    }

    private static IReadOnlyList<ClosestPair> Closest(Body samples, Body real, int count, CancellationToken cancellation)
    {
        if (count == 0) return [];
        using var scope = NewDisposeScope();
        var nearest = Neighbors.Search(samples.Points, real.Points, k: 1, cancellation: cancellation);
        var (distances, rows) = nearest.Distances.flatten().topk((int)Math.Min(count, samples.Count), largest: false);
        return [.. rows.data<long>().Zip(distances.to(ScalarType.Float64).data<double>(), (row, distance) => new ClosestPair(row, nearest.Indices[row, 0].item<long>(), distance))];
    }

    private static IEnumerable<EvaluatedDifference> Differences(string first, IReadOnlyList<Comparison.Number> before, string to, IReadOnlyList<Comparison.Number> later) =>
        from metric in MetricRegistry.All
        from number in later
        where number.Metric == metric
        let other = before.FirstOrDefault(one => one.Metric == metric && one.Class == number.Class)
        where other != null
        select new EvaluatedDifference(to, first, metric.Name, number.Class, Comparison.Difference(other, number));

    private static IEnumerable<string> Notes(IReadOnlyList<Body> sets, Body real, Body? second, Body? unseen, IReadOnlyList<Metric> metrics)
    {
        long size = real.Points.shape[1], most = sets.Max(set => set.Count), least = sets.Min(set => set.Count);
        bool covariances = metrics.Any(metric => metric.ReadsCovariance);
        if (covariances && least <= size)
            yield return FormattableString.Invariant($"{least} samples for {size} features: covariances are singular, and Fréchet distances too high by much; compare them only at this number of samples");
        if (least < FewSamples) yield return FormattableString.Invariant($"fewer than {FewSamples} samples ({least}): numbers are loose, as their intervals tell");
        if (least != most) yield return FormattableString.Invariant($"sets of {least} to {most} samples: distances fall with the number of samples, compare sets of one size");
        if (second is null) yield return "too few real points for a floor";
        else if (unseen is null)
            yield return FormattableString.Invariant($"the floor is {second.Count} points of the reference against its other {real.Count - second.Count}, in the ratio of samples and reference; held-out points give one of {most} samples");
        else if (second.Count < most) yield return FormattableString.Invariant($"the floor is that of {second.Count} {(ReferenceEquals(real, unseen) ? "training" : "held-out")} points, not of {most}: there are no more");
    }

    /// <summary>What is found of a set is found by its name.</summary>
    internal static void RequireNames(IReadOnlyList<(string Name, LabeledData Data)> sets)
    {
        if (sets.Count == 0) throw new ArgumentException("no sets", nameof(sets));
        if (sets.CountBy(set => set.Name).FirstOrDefault(name => name.Value > 1) is { Key: { } twice }) throw new ArgumentException($"two sets are called '{twice}'", nameof(sets));
    }

    private static void Check(string name, LabeledData data, LabeledData reference)
    {
        if (data.Count == 0) throw new InputException(name, "samples", "none", "at least 1");
        if (!data.Points.shape.AsSpan(1).SequenceEqual(reference.Points.shape.AsSpan(1)))
            throw new InputException(name, "points", $"[{string.Join(", ", data.Points.shape.Skip(1))}]", $"[{string.Join(", ", reference.Points.shape.Skip(1))}], as the reference has");
        if (data.Classes > reference.Classes && reference.Classes > 1)
            throw new InputException(name, "labels", $"{data.Classes} classes", $"at most {reference.Classes}, as the reference has");
        using var scope = NewDisposeScope();
        var faulty = data.Points.isfinite().flatten(1).all(1).logical_not().nonzero();
        if (faulty.shape[0] > 0) throw new InputException(name, $"row {faulty[0, 0].item<long>()}", "a value that is not finite", "finite numbers");
    }
}
