using System.Diagnostics;
using Veer.Data;
using Veer.Formats;
using Veer.Postprocessing;
using Veer.Sampling;
using Veer.Studies.Reporting;
using Veer.Studies.Settings;
using static TorchSharp.torch;

namespace Veer.Studies.Pipeline;

/// <summary>Applies the postprocessors to samples that they never saw, and measures every stage of every guidance and scale.</summary>
internal sealed class NumbersStage(RunContext context, PostprocessorStages postprocessors, JudgeStage judge, CostEstimates costs)
{
    public const string Name = "numbers";

    /// <summary>Dopri5 evaluations that a plan reckons with.</summary>
    private const int ExpectedEvaluations = 60;

    /// <summary>Seconds of measuring a thousand points, and of what is done once.</summary>
    private const double PerThousand = 0.15, Once = 5;

    private sealed record Repair(string Stage, string Folder, ApplicationSettings How);

    public Stage Create(IReadOnlyList<Stage> before, Action<IReadOnlyList<ResultRow>, IReadOnlyDictionary<string, string>?> save) => new(
        Name, StageCache.Key(new { context.Settings.Evaluation, context.Settings.Applications }, [.. before.Select(stage => stage.Name + stage.Key)]),
        context.Paths.Results, Seconds, () => Measure(save));

    private IEnumerable<(string Guidance, double Scale)> Sets() =>
        context.Settings.Guidances.SelectMany(guidance => guidance.Value.AllScales.Select(scale => (guidance.Key, scale)));

    private double Seconds()
    {
        double points = context.Settings.Sampling.TestSamples, seconds = Once;
        foreach (var (guidance, scale) in Sets())
        {
            foreach (var repair in Repairs(guidance, scale))
            {
                var size = context.Settings.Postprocessors[repair.Stage.Split('@')[0]];
                seconds += costs.Of(size.Network, size.Unet, size.Training.BatchSize).Evaluations(Evaluations(repair.How), points) + PerThousand * points / 1000;
            }
            seconds += PerThousand * points / 1000;
        }
        return seconds;
    }

    private void Measure(Action<IReadOnlyList<ResultRow>, IReadOnlyDictionary<string, string>?> save)
    {
        IEvaluation evaluation = context.Data.IsImages
            ? new ImageEvaluation(context)
            : new Evaluation(context.Data, context.Settings.Evaluation, context.Run.Seed);
        var rows = new List<ResultRow>(evaluation.Measure("none", 0, "real", context.Data.Second).Rows);
        int done = 0, sets = Sets().Count();
        foreach (var (guidance, scale) in Sets())
        {
            using var scope = NewDisposeScope();
            OfSet(guidance, scale, (double)done / sets, evaluation, rows);
            done++;
        }
        rows.AddRange(judge.Measure());
        rows.AddRange(new TrajectoryNumbers(context).Measure());
        save(rows, evaluation.Fingerprint);
    }

    private void OfSet(string guidance, double scale, double fraction, IEvaluation evaluation, List<ResultRow> rows)
    {
        string generated = RunPaths.Test(context.Paths.Generated(guidance, scale));
        var before = context.Samples(generated);
        var stages = new Dictionary<string, Tensor> { ["labels"] = before.Labels };
        var each = new Dictionary<string, Tensor>();
        rows.Add(new(guidance, scale, "all", "before", "seconds", Npz.Read(generated)["seconds"].item<double>()));
        Add("before", before);
        foreach (var repair in Repairs(guidance, scale))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            context.Observer.Progressed(new(Name, fraction, $"{repair.Stage}, {guidance}, w = {RunPaths.Text(scale)}"));
            var solver = Solver(repair.How);
            var postprocessor = Postprocessor.Load(repair.Folder, context.Run.Device, context.PrecisionFor(adaptive: solver is Dopri5));
            double strength = repair.How.Strength;
            if (repair.How.Strengths is { } strengths)
            {
                var samples = context.Samples(context.Paths.Validation(guidance, scale)).To(context.Run.Device);
                strength = StrengthChoice.Choose(postprocessor, samples, strengths, evaluation.DistanceToTraining, solver, context.Cancellation);
                rows.Add(new(guidance, scale, "all", repair.Stage, MetricInfo.Strength, strength));
            }
            var watch = Stopwatch.StartNew();
            var (points, evaluations) = postprocessor.Apply(
                before.Points.to(context.Run.Device), before.Labels.to(context.Run.Device), solver, strength, context.Cancellation);
            var moved = before with { Points = points.cpu() };
            rows.Add(new(guidance, scale, "all", repair.Stage, "seconds", watch.Elapsed.TotalSeconds));
            rows.Add(new(guidance, scale, "all", repair.Stage, "nfe", evaluations));
            Add(repair.Stage, moved);
        }
        Npz.Write(context.Paths.Stages(guidance, scale), stages);
        if (each.Count > 0) Npz.Write(context.Paths.Judged(guidance, scale), each);

        void Add(string stage, LabeledData samples)
        {
            var measured = evaluation.Measure(guidance, scale, stage, samples);
            rows.AddRange(measured.Rows);
            foreach (var (name, values) in measured.Each) each[name] = values;
            stages[stage] = SampleFile.OnDisk(samples.Points);
        }
    }

    /// <summary>Every postprocessor that serves a scale, in every way of applying it.</summary>
    private IEnumerable<Repair> Repairs(string guidance, double scale) =>
        from postprocessor in postprocessors.Of(guidance)
        let folder = postprocessors.FolderFor(postprocessor.Key, guidance, scale)
        where folder is not null
        from application in context.Settings.Applications
        select new Repair(
            application.Key == VariantNames.Application ? postprocessor.Key : $"{postprocessor.Key}@{application.Key}", folder, application.Value);

    private static int Evaluations(ApplicationSettings how) => how.Solver switch
    {
        "euler" => how.Steps,
        "heun" => 2 * how.Steps,
        _ => ExpectedEvaluations,
    };

    private static IOdeSolver Solver(ApplicationSettings how) => how.Solver switch
    {
        "euler" => new Euler(how.Steps),
        "heun" => new Heun(how.Steps),
        _ => new Dopri5(),
    };
}
