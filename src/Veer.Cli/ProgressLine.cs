using System.Diagnostics;
using Spectre.Console;

namespace Veer.Cli;

/// <summary>
/// Shows on standard error how far one piece of work is: a live bar in a terminal, else a plain line every few seconds. Standard output
/// is left to the result.
/// </summary>
internal static class ProgressLine
{
    /// <summary>Does the work and shows what it reports: the share that is done, 0 to 1, and what it is at.</summary>
    public static void Show(string title, Action<IProgress<(double Fraction, string Detail)>> work)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        if (!console.Profile.Capabilities.Interactive || Console.IsErrorRedirected)
        {
            work(new PlainLines(title));
            return;
        }
        console.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context => work(new LiveBar(context.AddTask(Markup.Escape(title), maxValue: 1), title)));
    }

    private sealed class PlainLines(string title) : IProgress<(double Fraction, string Detail)>
    {
        private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

        private readonly Stopwatch sinceLine = Stopwatch.StartNew(), sinceStart = Stopwatch.StartNew();
        private readonly TimeLeft timeLeft = new();

        public void Report((double Fraction, string Detail) value)
        {
            string left = timeLeft.Words(sinceStart.Elapsed.TotalSeconds, value.Fraction);
            if (sinceLine.Elapsed < Every) return;
            sinceLine.Restart();
            Console.Error.WriteLine(FormattableString.Invariant($"{title}: {100 * value.Fraction:f0}%, {value.Detail}{left}"));
        }
    }

    private sealed class LiveBar(ProgressTask task, string title) : IProgress<(double Fraction, string Detail)>
    {
        public void Report((double Fraction, string Detail) value)
        {
            task.Description = Markup.Escape($"{title}: {value.Detail}");
            task.Value = value.Fraction;
        }
    }
}
