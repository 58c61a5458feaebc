using System.Diagnostics;
using System.Globalization;
using Veer.Data;
using Veer.Formats;
using Veer.Models;
using Veer.Studies.Reporting;
using Veer.Studies.Runs;
using Veer.Studies.Settings;

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
    /// <exception cref="InputException">Data or settings cannot be used, or another run holds the folder; nothing is written then.</exception>
    /// <exception cref="OperationCanceledException">Stopped; the same call goes on from the last checkpoint.</exception>
    public void Execute(CancellationToken cancellation = default)
    {
        // a run that goes on is told of before its data are read; a folder is made only for data that can be used
        using var early = Directory.Exists(run.Folder) ? RunLock.Take(run.Folder) : null;
        using var context = Open(cancellation);
        var (cache, stages) = Plan(context);
        using var held = early ?? RunLock.Take(run.Folder);
        cache.DropResults(stages.Where(one => one.From is null).Select(one => one.Stage));
        context.Folder.Write(study.Settings.SeenFrom(run.Folder, study.Path));
        context.Folder.WriteReal(SampleFile.OnDisk(context.Data.HeldOut.Points), context.Data.HeldOut.Labels);
        if (context.Data.Components is { } images) context.Folder.WriteDecoder(images.Components.Mean, images.Components.Decoder(), images.Height, images.Width);
        foreach (var (stage, from) in stages)
        {
            cancellation.ThrowIfCancellationRequested();
            if (from is not null && (cache.Has(stage) || cache.Take(stage, from))) continue;
            var watch = Stopwatch.StartNew();
            observer.Started(stage.Name);
            cache.Begin(stage);
            using (NewDisposeScope()) stage.Make();
            cache.Add(stage, watch.Elapsed.TotalSeconds);
            observer.Finished(stage.Name, watch.Elapsed.TotalSeconds);
        }
    }

    /// <summary>Looks at data and settings and tells the plan, as <see cref="Execute"/> does first; writes nothing.</summary>
    /// <exception cref="InputException">Data or settings cannot be used.</exception>
    public void Check(CancellationToken cancellation = default)
    {
        using var context = Open(cancellation);
        Plan(context);
    }

    /// <summary>Reads the data and holds everything that is given against each other: what can be known now is told now, not after days of training.</summary>
    private RunContext Open(CancellationToken cancellation)
    {
        var data = StudyData.Load(study, run.Seed, cancellation);
        StudyGate.Validate(study, data);
        foreach (string line in StudyGate.Doubts(study, data)) observer.Warned(line);
        return new RunContext(study, run, observer, data, cancellation).OrDispose(context =>
        {
            foreach (string space in study.Settings.Spaces) _ = context.Space(space);
            return context;
        });
    }

    private (StageCache Cache, IReadOnlyList<(Stage Stage, string? From)> Stages) Plan(RunContext context)
    {
        var cache = new StageCache(run.Folder);
        var stages = Stages(context, cache).Select(stage => (Stage: stage, From: cache.Find(stage))).ToList();
        observer.Planned(run.Folder, [.. stages.Select(one => new PlannedStage(one.Stage.Name, one.From, one.From is null ? one.Stage.Seconds() : 0))]);
        return (cache, stages);
    }

    private List<Stage> Stages(RunContext context, StageCache cache)
    {
        var costs = new CostEstimates(context);
        var models = new ModelStages(context, costs);
        ISampleStages samples = context.Data.Given is null ? new SampleStages(context, models, costs) : new GivenSampleStages(context);
        var postprocessors = new PostprocessorStages(context, models, samples, costs);
        var judge = new JudgeStage(context);
        List<Stage> stages = [.. judge.All(), .. models.All(), .. samples.All(), .. postprocessors.All()];
        // names are joined by hyphens, which they have themselves: "x" for "a-b" and "x-a" for "b"
        if (stages.GroupBy(stage => Path.GetDirectoryName(stage.Output)!).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new InputException(study.Path, "names", $"{string.Join(" and ", twice.Select(stage => stage.Name))}, which both would be {Path.GetRelativePath(run.Folder, twice.Key)}", "names that tell them apart");
        var numbers = new NumbersStage(context, postprocessors, judge, costs).Create(stages, (rows, fingerprint, seconds) =>
            new Results(study.Name, study.Preset, run.Seed, Versions(), cache.Seconds + seconds, rows, fingerprint).Save(context.Paths.Results));
        stages.Add(numbers);
        stages.Add(new("report", ContentKey.Compute(study.Settings, numbers.Key), context.Paths.Report, () => ReportSeconds, () => Report.Build(run.Folder, context.Cancellation)) { Beside = [context.Paths.Figures] });
        return stages;
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
