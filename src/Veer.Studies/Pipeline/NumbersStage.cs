using System.Diagnostics;
using Veer.Data;
using Veer.Formats;
using Veer.Metrics;
using Veer.Postprocessing;
using Veer.Solvers;
using Veer.Studies.Runs;
using Veer.Studies.Settings;

namespace Veer.Studies.Pipeline;

/// <summary>Applies the postprocessors to samples that they never saw, and measures every stage of every guidance and scale.</summary>
internal sealed class NumbersStage(RunContext context, PostprocessorStages postprocessors, JudgeStage judge, CostEstimates costs)
{
    public const string Name = "numbers";

    /// <summary>Dopri5 evaluations that a plan reckons with.</summary>
    private const int ExpectedEvaluations = 60;

    /// <summary>Seconds of measuring a thousand points, and of what is done once.</summary>
    private const double PerThousand = 0.15, Once = 5;

    /// <param name="Stage">What its results are called.</param>
    /// <param name="Links">The postprocessors that are applied, one after the other.</param>
    /// <param name="Folders">Their models.</param>
    /// <param name="How">How each is applied.</param>
    private sealed record Repair(string Stage, IReadOnlyList<string> Links, IReadOnlyList<string> Folders, ApplicationSettings How)
    {
        public string Models => string.Join('|', Folders);
    }

    /// <summary>A set of samples once repaired, and its numbers.</summary>
    private sealed record Repaired(Tensor Points, double Seconds, int Evaluations, Measured Measured, string Stage = "before", Tensor? Moved = null);

    public Stage Create(IReadOnlyList<Stage> before, Action<IReadOnlyList<ResultRow>, IReadOnlyDictionary<string, string>?, double> save) => new(
        Name,
        ContentKey.Compute(
            new { context.Settings.Evaluation, Metrics = StudyEvaluation.Metrics(context.Study, context.Data).Select(metric => metric.Name), context.Settings.Applications, Chains },
            [context.SpaceKey(context.Settings.Evaluation.Features), .. before.Select(stage => stage.Name + stage.Key)]),
        context.Paths.Results, Seconds, () => Measure(save))
    {
        Beside =
        [
            .. Sets().SelectMany(set => (string[])[context.Paths.Stages(set.Guidance, set.Scale), context.Paths.Judged(set.Guidance, set.Scale), context.Paths.Evaluation(set.Guidance, set.Scale)]),
            .. context.Settings.Sources.Keys.Select(context.Paths.Boundary), context.Paths.Density, context.Paths.Strengths,
        ],
    };

    /// <summary>What no stage before has made; null where there is none.</summary>
    private object? Chains
    {
        get
        {
            var chains = context.Settings.Postprocessors.Where(entry => entry.Value.Chain is not null).ToDictionary(entry => entry.Key, entry => new { entry.Value.Chain, entry.Value.Guidances });
            return chains.Count == 0 ? null : chains;
        }
    }

    private IEnumerable<(string Guidance, double Scale)> Sets() =>
        context.Settings.Sources.SelectMany(source => source.Value.Measured.Select(scale => (source.Key, scale)));

    private double Seconds()
    {
        double points = context.TestSamples, seconds = Once;
        foreach (var (guidance, scale) in Sets())
        {
            // a chosen strength is likely to be one that another way of applying the flow takes anyhow
            foreach (var ways in Repairs(guidance, scale).GroupBy(repair => (repair.Models, repair.How.Solver, repair.How.Steps)))
            {
                var strengths = ways.Select(repair => context.Settings.StrengthsOf(repair.How)).ToList();
                int given = strengths.Where(choice => choice.Count == 1).Select(choice => choice[0]).Distinct().Count();
                double moved = points * Math.Max(1, given) + (strengths.Any(choice => choice.Count > 1) ? context.ValidationSamples : 0);
                foreach (var size in ways.First().Links.Select(link => context.Settings.Postprocessors[link]))
                    seconds += costs.Of(size.Network, size.Unet, size.Training.BatchSize).Evaluations(Evaluations(ways.First().How), moved);
                seconds += PerThousand * moved / 1000;
            }
            seconds += PerThousand * points / 1000;
            if (context.Data.Given is not null) seconds += GivenEvaluation.Seconds(context, points, 1 + Repairs(guidance, scale).Count());
        }
        return seconds;
    }

    private void Measure(Action<IReadOnlyList<ResultRow>, IReadOnlyDictionary<string, string>?, double> save)
    {
        long begun = Stopwatch.GetTimestamp();
        using var evaluation = new StudyEvaluation(context);
        var rows = new List<ResultRow>(evaluation.Floor());
        var trials = new List<StrengthTrial>();
        int done = 0, sets = Sets().Count();
        foreach (var (guidance, scale) in Sets())
        {
            using var scope = NewDisposeScope();
            OfSet(guidance, scale, (double)done / sets, evaluation, rows, trials);
            done++;
        }
        rows.AddRange(judge.Measure());
        rows.AddRange(new TrajectoryNumbers(context).Measure());
        context.Folder.Write(trials);
        save(rows, evaluation.Fingerprint, Stopwatch.GetElapsedTime(begun).TotalSeconds);
    }

    private void OfSet(string guidance, double scale, double fraction, StudyEvaluation evaluation, List<ResultRow> rows, List<StrengthTrial> trials)
    {
        string generated = RunPaths.Test(context.Paths.Generated(guidance, scale));
        var before = context.Samples(generated);
        var stages = new Dictionary<string, Tensor> { ["labels"] = before.Labels };
        var each = new Dictionary<string, Tensor>();
        var known = new Dictionary<(string Models, string Solver, int Steps, double Strength), Repaired>
        {
            [default] = new(SampleFile.OnDisk(before.Points), 0, 0, evaluation.Measure(guidance, scale, "before", before)),
        };
        // how long given samples took nobody knows
        using (var file = NpzFile.Open(generated)) Add("before", known[default], file.Contains("seconds") ? file.Read("seconds").item<double>() : null);
        foreach (var repair in Repairs(guidance, scale))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            context.Observer.Progressed(new(Name, fraction, $"{repair.Stage}, {context.Settings.Called(guidance, scale)}"));
            var how = SolverKind.All.Named(repair.How.Solver);
            var solver = how.Make(repair.How.Steps);
            var flows = repair.Folders.Select(folder => context.Postprocessor(folder, adaptive: how.Adaptive)).ToList();
            var strengths = context.Settings.StrengthsOf(repair.How);
            double strength = strengths[0];
            if (strengths.Count > 1)
            {
                var trial = context.Data.Given is null ? Nearest(repair, flows[0], strengths, solver) : Proven(repair, flows[0], strengths, solver);
                trials.Add(trial);
                strength = trial.Chosen;
                rows.Add(new(guidance, scale, "all", repair.Stage, RunMetrics.Strength.Name, strength));
            }
            var way = strength == 0 ? default : (repair.Models, repair.How.Solver, repair.How.Steps, strength);
            if (!known.TryGetValue(way, out var repaired)) known[way] = repaired = Apply(repair, flows, solver, strength);
            Add(repair.Stage, repaired, repaired.Seconds);
            rows.Add(new(guidance, scale, "all", repair.Stage, RunMetrics.Evaluations.Name, repaired.Evaluations));
        }
        Npz.Write(context.Paths.Stages(guidance, scale), stages);
        if (each.Count > 0) Npz.Write(context.Paths.Judged(guidance, scale), each);
        if (context.Data.Given is not null) Evaluate();

        void Evaluate()
        {
            List<(string Stage, LabeledData Samples)> measured = [("before", before), .. known.Where(way => way.Key != default).Select(way => (way.Value.Stage, before with { Points = way.Value.Moved! }))];
            context.Folder.Write(guidance, scale, GivenEvaluation.Measure(context, evaluation.Space, measured, share => context.Observer.Progressed(new(
                Name, fraction + share / Sets().Count(), $"intervals and floors, {context.Settings.Called(guidance, scale)}"))));
        }

        // the strength that brings drawn samples nearest
        StrengthTrial Nearest(Repair repair, Postprocessor postprocessor, IReadOnlyList<double> strengths, IOdeSolver solver)
        {
            var samples = context.Samples(context.Paths.Validation(guidance, scale)).To(context.Run.Device);
            var tried = new List<TriedStrength>();
            double chosen = StrengthChoice.Choose(postprocessor, samples with { Labels = Told(repair.Links[0], samples.Labels) }, strengths, Distance, solver, context.Cancellation);
            return new(guidance, scale, repair.Stage, evaluation.StrengthMetric.Name, chosen, tried);

            // asked once for every strength, in rising order
            double Distance(LabeledData moved)
            {
                double distance = evaluation.DistanceToTraining(moved with { Labels = samples.Labels });
                tried.Add(new(strengths.Distinct().Order().ElementAt(tried.Count), double.IsFinite(distance) ? distance : null));
                return distance;
            }
        }

        // nobody knows how good given samples are: they are left as they are unless a strength is better beyond doubt
        StrengthTrial Proven(Repair repair, Postprocessor postprocessor, IReadOnlyList<double> strengths, IOdeSolver solver)
        {
            var (samples, real) = context.Validation(guidance, [scale]).Strength;
            var validation = new HeldOut((samples with { Labels = Told(repair.Links[0], samples.Labels) }).To(context.Run.Device), real.To(context.Run.Device));
            var curve = StrengthCurve.Measure(postprocessor, validation, strengths, evaluation.Space, solver, cancellation: context.Cancellation);
            var memorization = MemorizationCheck.Measure(
                postprocessor, validation, curve.Chosen.Strength, solver, context.Data.Train.Points.to(context.Run.Device), evaluation.Space, context.Cancellation);
            if (curve.Chosen.Strength > 0 && memorization.Memorizes) context.Observer.Warned($"{repair.Stage} {context.Settings.Called(guidance, scale)}: {memorization.Line}");
            return new(
                guidance, scale, repair.Stage, "kernel-discrepancy", curve.Chosen.Strength,
                [.. curve.Points.Select(point => new TriedStrength(point.Strength, double.IsFinite(point.Distance) ? point.Distance : null, point.ChangeError))], memorization.Line);
        }

        Tensor Told(string postprocessor, Tensor labels) => postprocessors.Labels(postprocessor, guidance, scale, labels);

        Repaired Apply(Repair repair, IReadOnlyList<Postprocessor> flows, IOdeSolver solver, double strength)
        {
            var watch = Stopwatch.StartNew();
            var (points, labels, evaluations) = (before.Points.to(context.Run.Device), before.Labels.to(context.Run.Device), 0);
            foreach (var (flow, link) in flows.Zip(repair.Links))
            {
                (points, int taken) = flow.Apply(points, Told(link, labels), solver, strength, context.Cancellation);
                evaluations += taken;
            }
            var moved = before with { Points = points.cpu() };
            double seconds = watch.Elapsed.TotalSeconds;
            return new(SampleFile.OnDisk(moved.Points), seconds, evaluations, evaluation.Measure(guidance, scale, repair.Stage, moved), repair.Stage, moved.Points);
        }

        void Add(string stage, Repaired repaired, double? seconds)
        {
            if (seconds is not null) rows.Add(new(guidance, scale, "all", stage, RunMetrics.Seconds.Name, seconds));
            rows.AddRange(repaired.Measured.Rows.Select(row => row with { Stage = stage }));
            foreach (var (what, values) in repaired.Measured.Each) each[stage + what] = values;
            stages[stage] = repaired.Points;
        }
    }

    /// <summary>Every postprocessor that serves a scale, in every way of applying it.</summary>
    private IEnumerable<Repair> Repairs(string guidance, double scale) =>
        from postprocessor in postprocessors.Of(guidance)
        let folders = postprocessors.FoldersFor(postprocessor.Key, guidance, scale)
        where folders.Count > 0
        from application in context.Settings.Applications
        where folders.Count == 1 || context.Settings.StrengthsOf(application.Value).Count == 1
        select new Repair(
            application.Key == VariantNames.Application ? postprocessor.Key : $"{postprocessor.Key}@{application.Key}",
            postprocessor.Value.Links(postprocessor.Key), folders, application.Value);

    private static int Evaluations(ApplicationSettings how) =>
        SolverKind.All.Named(how.Solver).EvaluationsPerStep is { } each ? each * how.Steps : ExpectedEvaluations;
}
