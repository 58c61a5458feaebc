using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace Veer.Tests.Cli;

/// <summary>The command as users start it: a process of its own.</summary>
internal static class VeerProcess
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public static async Task<Outcome> Run(string folder, params string[] arguments)
    {
        using var process = Start(folder, arguments);
        return await End(process);
    }

    /// <summary>Starts it and leaves it running.</summary>
    public static Process Start(string folder, params string[] arguments) => Start(folder, "dotnet", [Path.Combine(AppContext.BaseDirectory, "Veer.Cli.dll"), .. arguments]);

    /// <summary>Starts it without the capabilities of root.</summary>
    public static Process StartWithout(string folder, params string[] arguments) =>
        Start(folder, "setpriv", ["--inh-caps=-all", "--bounding-set=-all", "dotnet", Path.Combine(AppContext.BaseDirectory, "Veer.Cli.dll"), .. arguments]);

    /// <summary>Starts it as a shell's last command.</summary>
    /// <param name="folder">Where the shell begins.</param>
    /// <param name="script">Of sh, with $veer where the command stands.</param>
    public static Process StartIn(string folder, string script) =>
        Start(folder, "sh", ["-c", $"veer='dotnet {Path.Combine(AppContext.BaseDirectory, "Veer.Cli.dll")}'; {script}"]);

    private static Process Start(string folder, string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    /// <summary>Sends a signal by its name, as "TERM".</summary>
    public static void Signal(Process process, string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits until it ends.</summary>
    public static async Task<Outcome> End(Process process)
    {
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
        return new(process.ExitCode, await output, await error);
    }

    public sealed record Outcome(int ExitCode, string Output, string Error)
    {
        /// <summary>Asserts bad input: exit code 2, and a last line on standard error that says why.</summary>
        public void RefusedLast(string message)
        {
            Assert.Equal(2, ExitCode);
            Assert.Contains(message, Error.TrimEnd('\n').Split('\n')[^1], StringComparison.Ordinal);
        }

        /// <summary>Asserts bad input: exit code 2 and one line on standard error that holds every part.</summary>
        public void RefusedWith(params string[] parts)
        {
            Assert.Equal(2, ExitCode);
            string line = Assert.Single(Error.TrimEnd('\n').Split('\n'));
            foreach (string part in parts) Assert.Contains(part, line, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
        }
    }
}
