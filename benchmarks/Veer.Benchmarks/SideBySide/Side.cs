using System.Diagnostics;
using System.Globalization;

namespace Veer.Benchmarks.SideBySide;

/// <summary>
/// A process that does one task whenever a line is sent to it, and answers with a figure and the processor's seconds that it took, which do
/// not count what others had of the core. So sides run in turn, each with its data in memory, and none waits on another's garbage.
/// </summary>
internal sealed class Side : IDisposable
{
    private const string Ready = "ready";

    private readonly Process process;

    private Side(Process process) => this.process = process;

    /// <summary>Null, with what it said, if the process does not come to its task.</summary>
    public static Side? Start(IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment, out string fault)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var process = Process.Start(start)!;
        string last = "";
        process.ErrorDataReceived += (_, line) => last = string.IsNullOrWhiteSpace(line.Data) ? last : line.Data;
        process.BeginErrorReadLine();
        string? first = process.StandardOutput.ReadLine();
        if (first == Ready)
        {
            fault = "";
            return new(process);
        }
        process.WaitForExit();
        process.Dispose();
        fault = last;
        return null;
    }

    /// <summary>Does the task once.</summary>
    public (double Seconds, double Figure) Run()
    {
        process.StandardInput.WriteLine();
        process.StandardInput.Flush();
        string[] answer = (process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("a side ended within its task")).Split(' ');
        return (double.Parse(answer[0], CultureInfo.InvariantCulture), double.Parse(answer[1], CultureInfo.InvariantCulture));
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }

    /// <summary>The other end, in the process itself.</summary>
    public static void Serve(Func<double> task)
    {
        Console.WriteLine(Ready);
        while (Console.ReadLine() is not null)
        {
            var start = Environment.CpuUsage.TotalTime;
            double figure = task();
            Console.WriteLine(FormattableString.Invariant($"{(Environment.CpuUsage.TotalTime - start).TotalSeconds} {figure:R}"));
        }
    }
}
