using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Veer.Cli;

/// <summary>
/// The one way in which commands are stopped from outside. The first SIGINT, SIGTERM or SIGHUP cancels the work, which saves its state
/// at once; work that has not come to an end a moment later, as a network in the midst of a large step or a line to a pipe that nobody reads, is left where it is. A second
/// signal ends the process without waiting. (The runtime leaves ignored what the process was started to ignore, as nohup does with SIGHUP.)
/// </summary>
internal sealed partial class Signals : IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(0.7), LastWords = TimeSpan.FromSeconds(0.1);

    private static readonly (PosixSignal Signal, int Number)[] Ending = [(PosixSignal.SIGINT, 2), (PosixSignal.SIGTERM, 15), (PosixSignal.SIGHUP, 1)];

    private readonly CancellationTokenSource source = new();
    private readonly ManualResetEventSlim ended = new();
    private readonly List<PosixSignalRegistration> registrations;
    private int received;

    /// <param name="stopped">What a stopped command says.</param>
    public Signals(string stopped)
    {
        registrations = [.. Ending.Select(one => PosixSignalRegistration.Create(one.Signal, context =>
        {
            context.Cancel = true;
            Stop(one.Number, stopped);
        }))];
    }

    /// <summary>What the first signal cancels.</summary>
    public CancellationToken Token => source.Token;

    /// <summary>The exit code of a process that the received signal ended; SIGINT's where none was.</summary>
    public int ExitCode => 128 + (received == 0 ? Ending[0].Number : received);

    /// <summary>The command has ended by itself: from here on a signal has nothing to stop.</summary>
    public void Dispose()
    {
        ended.Set();
        foreach (var registration in registrations) registration.Dispose();
    }

    private void Stop(int number, string stopped)
    {
        if (Interlocked.CompareExchange(ref received, number, 0) != 0) Leave();
        var since = Stopwatch.StartNew();
        try
        {
            source.Cancel();
        }
        catch (AggregateException fault)
        {
            // the state could not be saved
            Speak(() => CommandRunner.Say(fault.InnerExceptions[0].Message));
        }
        var left = Grace - since.Elapsed;
        if (ended.Wait(left > TimeSpan.Zero ? left : TimeSpan.Zero)) return;
        Speak(() => CommandRunner.Say(stopped));
        Leave();
    }

    /// <summary>Says what is left to say, if anyone takes it: a full pipe or a halted terminal would keep the process for ever.</summary>
    private static void Speak(Action say)
    {
        var speaker = new Thread(() => say()) { IsBackground = true };
        speaker.Start();
        speaker.Join(LastWords);
    }

    /// <summary>At once: an orderly exit waits for native code, and may end in its destructors.</summary>
    private void Leave()
    {
        // a live bar hides the cursor
        if (!Console.IsErrorRedirected) Speak(() => CommandRunner.Write("\e[?25h"));
        if (OperatingSystem.IsWindows()) Environment.Exit(ExitCode);
        Exit(ExitCode);
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void Exit(int code);
}
