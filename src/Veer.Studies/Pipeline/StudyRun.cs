using System.Diagnostics;
using Veer.Data;
using Veer.Diffusion;
using Veer.Formats;
using Veer.Postprocessing;
using Veer.Sampling;
using Veer.Studies.Reporting;
using Veer.Studies.Settings;
using Veer.Training;
using static TorchSharp.torch;

namespace Veer.Studies.Pipeline;

/// <summary>
/// Runs a study: data, denoiser, samples per scale, a postprocessor per scale and one for all, numbers, report. Every stage writes
/// into the run's folder and is not made again while its settings and inputs stay the same.
/// </summary>
public sealed class StudyRun
{
    /// <summary>Dopri5 evaluations that a plan reckons with.</summary>
    private const int ExpectedEvaluations = 60;

    private readonly Study study;
    private readonly StudySettings settings;
    private readonly RunOptions run;
    private readonly IRunObserver observer;
    private readonly RunPaths paths;
    private readonly StageCache cache;

    /// <param name="study">What to run.</param>
    /// <param name="run">Where and how.</param>
    /// <param name="observer">Told of everything that happens.</param>
    public StudyRun(Study study, RunOptions run, IRunObserver observer)
    {
        this.study = study;
        this.run = run;
        this.observer = observer;
        settings = study.Settings;
        paths = new RunPaths(run.Folder, settings.Guidance.Name);
        cache = new StageCache(run.Folder);
    }

    /// <summary>Runs every stage that is not done and builds the report.</summary>
    /// <exception cref="OperationCanceledException">Stopped; the same call goes on from the last checkpoint.</exception>
    public void Execute(CancellationToken cancellation = default)
    {
        var data = StudyData.Load(study, run.Seed);
        Directory.CreateDirectory(run.Folder);
        AtomicFile.WriteText(paths.Study, StudyFile.ToYaml(settings));
        SaveReal(data);
        var stages = Stages(data, cancellation);
        observer.Planned(run.Folder, [.. stages.Select(s => new PlannedStage(s.Name, IsDone(s), IsDone(s) ? 0 : s.Seconds))]);
        foreach (var stage in stages)
        {
            cancellation.ThrowIfCancellationRequested();
            if (IsDone(stage)) continue;
            var watch = Stopwatch.StartNew();
            observer.Started(stage.Name);
            using (NewDisposeScope()) stage.Make();
            cache.Add(stage.Name, stage.Key, watch.Elapsed.TotalSeconds);
            observer.Finished(stage.Name, watch.Elapsed.TotalSeconds);
        }
    }

    /// <summary>One stage; without the file Output, which it leaves, it is not done, whatever the cache says.</summary>
    private sealed record Stage(string Name, string Key, string Output, double Seconds, Action Make);

    private bool IsDone(Stage stage) => cache.Has(stage.Name, stage.Key) && File.Exists(stage.Output);

    private List<Stage> Stages(StudyData data, CancellationToken cancellation)
    {
        var stages = new List<Stage>();
        var denoiserCost = new CostEstimate(settings.Denoiser.Network, data.Dimensions, settings.Denoiser.Training.BatchSize, run.Device);
        var flowCost = new CostEstimate(settings.Postprocessor.Network, data.Dimensions, settings.Postprocessor.Training.BatchSize, run.Device);
        string start = StageCache.Key(new { settings.Data, run.Seed, Device = run.Device.type.ToString() }, data.Content);
        string denoiser = StageCache.Key(settings.Denoiser, start);
        stages.Add(new("denoiser", denoiser, RunPaths.Weights(paths.Denoiser), denoiserCost.Training(settings.Denoiser.Training), () => TrainDenoiser(data, cancellation)));

        string samples = StageCache.Key(settings.Sampling, denoiser, settings.Guidance.Name);
        double draws = 2.0 * settings.Sampling.Steps, drawn = settings.Sampling.TrainingSamples + settings.Sampling.TestSamples;
        foreach (double scale in settings.Guidance.Scales)
        {
            string name = $"samples w = {RunPaths.Text(scale)}";
            stages.Add(new(
                name, StageCache.Key(scale, samples), paths.Training(scale), denoiserCost.Evaluations(draws, drawn),
                () => Draw(name, scale, data, cancellation)));
        }

        string flows = StageCache.Key(settings.Postprocessor, samples);
        double flowSeconds = flowCost.Training(settings.Postprocessor.Training);
        foreach (double scale in settings.Guidance.Scales)
        {
            string name = $"postprocessor w = {RunPaths.Text(scale)}";
            stages.Add(new(name, StageCache.Key(scale, flows), RunPaths.Weights(paths.Postprocessor(scale)), flowSeconds, () =>
                TrainPostprocessor(name, paths.Postprocessor(scale), [scale], data, cancellation)));
        }
        string oneForAll = StageCache.Key(settings.Guidance.Scales, flows);
        stages.Add(new("postprocessor for all", oneForAll, RunPaths.Weights(paths.OneForAll), flowSeconds, () =>
            TrainPostprocessor("postprocessor for all", paths.OneForAll, settings.Guidance.Scales, data, cancellation)));

        double moved = 2.0 * settings.Sampling.TestSamples * settings.Guidance.Scales.Count;
        string numbers = StageCache.Key(settings.Evaluation, oneForAll);
        stages.Add(new("numbers", numbers, paths.Results, flowCost.Evaluations(ExpectedEvaluations, moved) + 10, () => Measure(data, cancellation)));
        stages.Add(new("report", StageCache.Key(settings, numbers), paths.Report, 10, () => Report.Build(run.Folder)));
        return stages;
    }

    private void SaveReal(StudyData data)
    {
        Npz.Write(paths.Real, new Dictionary<string, Tensor> { ["points"] = data.HeldOut.Points, ["labels"] = data.HeldOut.Labels });
        if (data.Images is not { } images) return;
        Npz.Write(paths.Decoder, new Dictionary<string, Tensor>
        {
            ["mean"] = images.Components.Mean,
            ["components"] = images.Components.Decoder(),
            ["shape"] = tensor(new long[] { images.Height, images.Width }),
        });
    }

    private void TrainDenoiser(StudyData data, CancellationToken cancellation)
    {
        var learned = DenoiserTraining.Fit(
            data.Train.To(run.Device), settings.Denoiser, paths.Denoiser, run.Seed, Training("denoiser"), observer.Warned, cancellation);
        if (data.Truth is not null) DenoiserError.Write(paths.DenoiserError, learned, data.Truth, Schedule(), data.HeldOut, run);
    }

    private void Draw(string stage, double scale, StudyData data, CancellationToken cancellation)
    {
        var denoiser = Model.Load(paths.Denoiser, run.Device);
        var watch = Stopwatch.StartNew();
        double total = settings.Sampling.TrainingSamples + settings.Sampling.TestSamples;
        new SampleStage(denoiser, Schedule(), settings, data.Dimensions, run).Draw(
            scale, paths,
            fraction => observer.Progressed(new(stage, fraction, $"{fraction * total / watch.Elapsed.TotalSeconds:f0} samples/s")), cancellation);
    }

    private void TrainPostprocessor(string stage, string folder, IReadOnlyList<double> scales, StudyData data, CancellationToken cancellation)
    {
        // the same total amount of data, in equal shares of each scale
        long share = settings.Sampling.TrainingSamples / scales.Count;
        var sets = scales.Select(scale => VectorData.Load(paths.Training(scale), data.Train.Classes).Slice(0, share)).ToList();
        var generated = new LabeledData(cat([.. sets.Select(s => s.Points)]), cat([.. sets.Select(s => s.Labels)]), data.Train.Classes);
        Postprocessor.Fit(
            generated.To(run.Device), data.Train.To(run.Device), settings.Postprocessor, folder, run.Seed, Training(stage), observer.Warned, cancellation);
    }

    private void Measure(StudyData data, CancellationToken cancellation)
    {
        var evaluation = new Evaluation(data, settings.Evaluation, run.Seed);
        var rows = new List<ResultRow>(evaluation.Measure("none", 0, "real", data.Second));
        IOdeSolver solver = settings.Evaluation.Solver switch
        {
            "euler" => new Euler(settings.Evaluation.SolverSteps),
            "heun" => new Heun(settings.Evaluation.SolverSteps),
            _ => new Dopri5(),
        };
        var oneForAll = Postprocessor.Load(paths.OneForAll, run.Device);
        int done = 0;
        foreach (double scale in settings.Guidance.Scales)
        {
            using var scope = NewDisposeScope();
            var before = VectorData.Load(paths.Test(scale), data.Train.Classes);
            var stages = new Dictionary<string, Tensor> { ["labels"] = before.Labels, ["before"] = before.Points };
            foreach (var (stage, postprocessor) in new[]
            {
                ("individual", Postprocessor.Load(paths.Postprocessor(scale), run.Device)), ("one-for-all", oneForAll),
            })
            {
                var watch = Stopwatch.StartNew();
                var (points, evaluations) = postprocessor.Apply(
                    before.Points.to(run.Device), before.Labels.to(run.Device), solver, cancellation: cancellation);
                stages[stage] = points.cpu();
                rows.Add(new(settings.Guidance.Name, scale, "all", stage, "seconds", watch.Elapsed.TotalSeconds));
                rows.Add(new(settings.Guidance.Name, scale, "all", stage, "nfe", evaluations));
            }
            foreach (string stage in new[] { "before", "individual", "one-for-all" })
            {
                cancellation.ThrowIfCancellationRequested();
                rows.AddRange(evaluation.Measure(settings.Guidance.Name, scale, stage, before with { Points = stages[stage] }));
                observer.Progressed(new("numbers", ++done / (3.0 * settings.Guidance.Scales.Count), $"{stage}, w = {RunPaths.Text(scale)}"));
            }
            Npz.Write(paths.Stages(scale), stages);
        }
        new Results(study.Name, study.Preset, run.Seed, Versions(), cache.Seconds, rows).Save(paths.Results);
    }

    private NoiseSchedule Schedule() => NoiseSchedule.Named(settings.Denoiser.Schedule, settings.Denoiser.Timesteps);

    private Told<TrainingProgress> Training(string stage) => new(p => observer.Progressed(new(
        stage, p.Step / (double)p.Steps, FormattableString.Invariant($"loss {p.Loss:g4}, {p.StepsPerSecond:f0} steps/s"))));

    private Dictionary<string, string> Versions() => new()
    {
        ["veer"] = typeof(Model).Assembly.GetName().Version?.ToString(3) ?? "",
        ["dotnet"] = Environment.Version.ToString(),
        ["torchsharp"] = typeof(Tensor).Assembly.GetName().Version?.ToString(3) ?? "",
        ["device"] = run.Device.type.ToString().ToLowerInvariant(),
        ["threads"] = get_num_threads().ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}
