using Spectre.Console;
using Veer.Studies.Pipeline;
using Veer.Studies.Settings;

namespace Veer.Cli;

/// <summary>Shows a run: the plan first, then a live bar per stage, or a plain line every few seconds where the output is no terminal.</summary>
internal static class RunConsole
{
    private const double Hour = 3600, Day = 24 * Hour, Year = 365 * Day;

    /// <summary>Runs a study, or looks only whether it can run.</summary>
    public static void Execute(Study study, RunOptions options, bool check, CancellationToken cancellation)
    {
        var console = AnsiConsole.Console;
        console.MarkupLineInterpolated($"[bold]{study.Settings.Title}[/] ({study.Name}, preset {study.Preset}, seed {options.Seed})");
        if (check)
        {
            new StudyRun(study, options, new PlainObserver()).Check(cancellation);
            return;
        }
        if (!console.Profile.Capabilities.Interactive || Console.IsOutputRedirected)
        {
            new StudyRun(study, options, new PlainObserver()).Execute(cancellation);
        }
        else
        {
            console.Progress()
                .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
                .Start(context => new StudyRun(study, options, new LiveObserver(context)).Execute(cancellation));
        }
        console.MarkupLineInterpolated($"[bold]{Path.Combine(options.Folder, "report.html")}[/]");
    }

    /// <summary>The plan, a line a stage.</summary>
    private static IEnumerable<string> PlanLines(string folder, IReadOnlyList<PlannedStage> stages)
    {
        yield return $"into {folder}; expected {Duration(stages.Sum(s => s.Seconds))}:";
        int width = stages.Max(stage => stage.Name.Length);
        foreach (var stage in stages) yield return $"  {stage.Name.PadRight(width)}  {(stage.TakenFrom is { } from ? $"taken from {Path.GetFileName(Path.TrimEndingDirectorySeparator(from))}" : Duration(stage.Seconds))}";
    }

    /// <summary>How long something is expected to take, in the unit that suits it.</summary>
    internal static string Duration(double seconds) => seconds switch
    {
        < 90 => FormattableString.Invariant($"{Math.Max(1, seconds):f0} s"),
        < 2 * Hour => FormattableString.Invariant($"{seconds / 60:f0} min"),
        < 2 * Day => FormattableString.Invariant($"{seconds / Hour:0.#} h"),
        < 2 * Year => FormattableString.Invariant($"{seconds / Day:f0} days"),
        _ => FormattableString.Invariant($"{seconds / Year:f0} years"),
    };

    private sealed class PlainObserver : IRunObserver
    {
        private readonly PlainProgress lines = new(Console.Out);

        public void Planned(string folder, IReadOnlyList<PlannedStage> stages)
        {
            foreach (string line in PlanLines(folder, stages)) Console.WriteLine(line);
        }

        public void Started(string name)
        {
            Console.WriteLine($"{name} ...");
            lines.Restart();
        }

        public void Progressed(StageProgress progress) => lines.Show(progress.Stage, progress.Fraction, progress.Detail);

        public void Finished(string name, double seconds) => Console.WriteLine(FormattableString.Invariant($"{name}: done in {seconds:f1} s"));

        public void Warned(string line) => CommandRunner.Say(line);
    }

    private sealed class LiveObserver(ProgressContext context) : IRunObserver
    {
        private readonly Dictionary<string, ProgressTask> tasks = [];

        public void Planned(string folder, IReadOnlyList<PlannedStage> stages)
        {
            foreach (string line in PlanLines(folder, stages)) AnsiConsole.WriteLine(line);
            foreach (var stage in stages)
            {
                var task = context.AddTask(Markup.Escape(stage.Name), autoStart: false, maxValue: 1);
                if (stage.TakenFrom is not null) task.Value = 1;
                tasks[stage.Name] = task;
            }
        }

        public void Started(string stage) => tasks[stage].StartTask();

        public void Progressed(StageProgress progress)
        {
            tasks[progress.Stage].Description = Markup.Escape($"{progress.Stage}: {progress.Detail}");
            tasks[progress.Stage].Value = progress.Fraction ?? 0;
        }

        public void Finished(string stage, double seconds)
        {
            tasks[stage].Description = Markup.Escape(FormattableString.Invariant($"{stage}: {seconds:f1} s"));
            tasks[stage].Value = 1;
            tasks[stage].StopTask();
        }

        public void Warned(string line) => AnsiConsole.WriteLine($"veer: {line}");
    }
}
