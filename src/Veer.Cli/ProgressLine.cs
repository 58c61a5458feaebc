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
        private readonly PlainProgress lines = new(Console.Error);

        public void Report((double Fraction, string Detail) value) => lines.Show(title, value.Fraction, value.Detail);
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
