using System.Diagnostics;

namespace Veer.Cli;

/// <summary>How far work is, as a plain line every few seconds, for an output that is no terminal.</summary>
internal sealed class PlainProgress(TextWriter output)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private readonly Stopwatch sinceStart = Stopwatch.StartNew(), sinceLine = Stopwatch.StartNew();
    private readonly TimeLeft timeLeft = new();

    /// <summary>Another piece of work begins.</summary>
    public void Restart()
    {
        sinceStart.Restart();
        sinceLine.Restart();
        timeLeft.Restart();
    }

    /// <summary>Takes note of the share that is done, 0 to 1, or null where it is not known, and writes a line if one is due.</summary>
    public void Show(string title, double? fraction, string detail)
    {
        string done = "", left = "";
        if (fraction is { } share) (done, left) = (FormattableString.Invariant($"{100 * share:f0}%, "), timeLeft.Words(sinceStart.Elapsed.TotalSeconds, share));
        if (sinceLine.Elapsed < Every) return;
        sinceLine.Restart();
        output.WriteLine($"{title}: {done}{detail}{left}");
    }
}
