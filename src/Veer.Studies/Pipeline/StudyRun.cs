using System.Diagnostics;
using System.Globalization;
using Veer.Data;
using Veer.Formats;
using Veer.Studies.Reporting;
using Veer.Studies.Settings;
using static TorchSharp.torch;

namespace Veer.Studies.Pipeline;

/// <summary>
/// Runs a study: data, models, samples per guidance and scale, postprocessors, numbers, report. Every stage writes into the run's folder
/// and is not made again while its settings and inputs stay the same; models and samples are taken over from runs beside this one.
/// </summary>
/// <param name="study">What to run.</param>
/// <param name="run">Where and how.</param>
/// <param name="observer">Told of everything that happens.</param>
public sealed class StudyRun(Study study, RunOptions run, IRunObserver observer)
{
    /// <summary>Seconds that a report takes, about.</summary>
    private const double ReportSeconds = 10;

    /// <summary>Runs every stage that is not done and builds the report.</summary>
    /// <exception cref="OperationCanceledException">Stopped; the same call goes on from the last checkpoint.</exception>
    public void Execute(CancellationToken cancellation = default)
    {
        var data = StudyData.Load(study, run.Seed);
        var context = new RunContext(study, run, observer, data, cancellation);
        if (UsesExactModels()) _ = context.Truth;
        // a model that is missing is told of now, not after days of training
        foreach (string space in study.Settings.Spaces) _ = context.Space(space);
        Directory.CreateDirectory(run.Folder);
        AtomicFile.WriteText(context.Paths.Study, StudyFile.ToYaml(study.Settings));
        SaveReal(data, context.Paths);
        var cache = new StageCache(run.Folder);
        var stages = Stages(context, cache);
        var taken = stages.Select(stage => cache.Has(stage) ? run.Folder : cache.Borrow(stage)).ToList();
        observer.Planned(run.Folder, [.. stages.Zip(taken, (stage, from) => new PlannedStage(stage.Name, from, from is null ? stage.Seconds() : 0))]);
        foreach (var stage in stages)
        {
            cancellation.ThrowIfCancellationRequested();
            if (cache.Has(stage)) continue;
            var watch = Stopwatch.StartNew();
            observer.Started(stage.Name);
            using (NewDisposeScope()) stage.Make();
            cache.Add(stage, watch.Elapsed.TotalSeconds);
            observer.Finished(stage.Name, watch.Elapsed.TotalSeconds);
        }
    }

    private List<Stage> Stages(RunContext context, StageCache cache)
    {
        var costs = new CostEstimates(context);
        var models = new ModelStages(context, costs);
        var samples = new SampleStages(context, models, costs);
        var postprocessors = new PostprocessorStages(context, models, samples, costs);
        var judge = new JudgeStage(context);
        List<Stage> stages = [.. judge.All(), .. models.All(), .. samples.All(), .. postprocessors.All()];
        var numbers = new NumbersStage(context, postprocessors, judge, costs).Create(stages, (rows, fingerprint) =>
            new Results(study.Name, study.Preset, run.Seed, Versions(), cache.Seconds, fingerprint, rows).Save(context.Paths.Results));
        stages.Add(numbers);
        stages.Add(new("report", StageCache.Key(study.Settings, numbers.Key), context.Paths.Report, () => ReportSeconds, () => Report.Build(run.Folder)));
        return stages;
    }

    private bool UsesExactModels() => study.Settings.Guidances.Values.Any(guidance =>
        guidance.Denoiser == VariantNames.Exact || (guidance.Kind == "classifier" && guidance.Classifier == VariantNames.Exact));

    private static void SaveReal(StudyData data, RunPaths paths)
    {
        Npz.Write(paths.Real, new Dictionary<string, Tensor> { ["points"] = SampleFile.OnDisk(data.HeldOut.Points), ["labels"] = data.HeldOut.Labels });
        if (data.Components is not { } images) return;
        Npz.Write(paths.Decoder, new Dictionary<string, Tensor>
        {
            ["mean"] = images.Components.Mean,
            ["components"] = images.Components.Decoder(),
            ["shape"] = tensor(new long[] { images.Height, images.Width }),
        });
    }

    private Dictionary<string, string> Versions() => new()
    {
        ["veer"] = typeof(Model).Assembly.GetName().Version?.ToString(3) ?? "",
        ["dotnet"] = Environment.Version.ToString(),
        ["torchsharp"] = typeof(Tensor).Assembly.GetName().Version?.ToString(3) ?? "",
        ["device"] = run.Device.type.ToString().ToLowerInvariant(),
        ["threads"] = get_num_threads().ToString(CultureInfo.InvariantCulture),
    };
}
