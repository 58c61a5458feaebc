using System.Diagnostics;
using System.Globalization;
using Veer.Tests.Cli;
using Veer.Tests.Formats;
using Xunit;

namespace Veer.Tests.Studies;

/// <summary>
/// SIGKILL at random moments of a whole run, of the command as users start it. A few times here; VEER_KILLS=100 (tests/kill-runs.sh) asks for more.
/// </summary>
public sealed class StudyRunKilledTests : IDisposable
{
    private const string Variable = "VEER_KILLS";

    private const int UsualKills = 3;

    /// <summary>About as long as a stage of the study takes.</summary>
    private const int MostMilliseconds = 300;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Killed_at_random_moments_a_run_ends_in_the_models_and_numbers_of_one_left_alone()
    {
        int kills = int.Parse(Environment.GetEnvironmentVariable(Variable) ?? $"{UsualKills}", CultureInfo.InvariantCulture);
        File.WriteAllText(folder.File("study.yaml"), StudyText.Tiny);
        await Whole("undisturbed/run");
        var killedIn = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var random = new Random(1);
        // folders of their own: a run takes over what one beside it has
        int run = 0;
        for (int kill = 0; kill < kills;)
        {
            using var process = VeerProcess.Start(folder.Path, "run", "study.yaml", "--out", $"killed{run}/run");
            string? last = await Lines(process, random.Next(1, 4));
            await Task.Delay(random.Next(MostMilliseconds), TestContext.Current.CancellationToken);
            bool ended = last is null || process.HasExited;
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            if (ended)
            {
                await Compared(run++);
                continue;
            }
            kill++;
            killedIn[last!] = killedIn.GetValueOrDefault(last!) + 1;
        }
        await Compared(run);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', killedIn.Select(one => $"{one.Value} x {one.Key}")));
    }

    /// <summary>Reads so many lines of stages that begin; the last of them, or null where the run ends before.</summary>
    private static async Task<string?> Lines(Process process, int count)
    {
        string? line;
        do
        {
            line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            if (line is not null && line.EndsWith("...", StringComparison.Ordinal)) count--;
        }
        while (line is not null && count > 0);
        return line;
    }

    private async Task Compared(int run)
    {
        await Whole($"killed{run}/run");
        AssertEqual("undisturbed/run", $"killed{run}/run");
    }

    private async Task Whole(string run)
    {
        var outcome = await VeerProcess.Run(folder.Path, "run", "study.yaml", "--out", run);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Empty(Directory.GetFiles(folder.File(run), "*.partial", SearchOption.AllDirectories));
    }

    private void AssertEqual(string expected, string found)
    {
        string[] models = Directory.GetFiles(folder.File(expected), "model.safetensors", SearchOption.AllDirectories);
        Assert.Equal(4, models.Length);
        foreach (string model in models)
            Assert.Equal(File.ReadAllBytes(model), File.ReadAllBytes(Path.Combine(folder.File(found), Path.GetRelativePath(folder.File(expected), model))));
        Assert.Equal(Rows(expected), Rows(found));
    }

    private string[] Rows(string run) =>
        [.. File.ReadLines(folder.File($"{run}/results.json")).Skip(1).Where(row => !row.Contains("\"seconds\"", StringComparison.Ordinal))];
}
