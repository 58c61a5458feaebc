using System.Diagnostics;
using Xunit;

namespace Veer.Tests.Runtime;

/// <summary>A test that needs a process of its own.</summary>
internal static class OwnProcess
{
    /// <summary>Runs one test of a class, an explicit one too, with variables in its environment; a null takes one out.</summary>
    public static void AssertPasses(Type tests, string method, params (string Variable, string? Value)[] environment)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Veer.Tests"))
        {
            ArgumentList = { "-noColor", "-explicit", "on", "-method", $"{tests.FullName}.{method}" },
            RedirectStandardOutput = true,
        };
        foreach (var (variable, value) in environment) start.Environment[variable] = value;
        using var process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0 && output.Contains("Total: 1, Errors: 0, Failed: 0", StringComparison.Ordinal), output);
    }
}
