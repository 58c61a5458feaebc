using System.Globalization;
using TorchSharp;
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

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Killed_at_random_moments_a_run_ends_in_the_models_and_numbers_of_one_left_alone()
    {
        int kills = int.Parse(Environment.GetEnvironmentVariable(Variable) ?? $"{UsualKills}", CultureInfo.InvariantCulture);
        File.WriteAllText(folder.File("study.yaml"), StudyText.Tiny);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await Whole("undisturbed/run");
        double whole = watch.Elapsed.TotalSeconds;
        var killedIn = new SortedDictionary<string, int>(StringComparer.Ordinal);
        // folders of their own: a run takes over what one beside it has
        for (int kill = 0, run = 0; kill < kills; kill++)
        {
            using var process = VeerProcess.Start(folder.Path, "run", "study.yaml", "--out", $"killed{run}/run");
            double share = new RandomKey(1).At(kill).Normal(0, 1, [1]).ToSingle();
            await Task.Delay(TimeSpan.FromSeconds(whole * (0.5 + 0.5 * Math.Tanh(share))), TestContext.Current.CancellationToken);
            bool ended = process.HasExited;
            process.Kill(entireProcessTree: true);
            string last = ended ? "none: it had ended" : (await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).TrimEnd('\n').Split('\n')[^1];
            killedIn[last] = killedIn.GetValueOrDefault(last) + 1;
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            if (!ended && kill < kills - 1) continue;
            await Whole($"killed{run}/run");
            AssertEqual("undisturbed/run", $"killed{run}/run");
            run++;
        }
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', killedIn.Select(one => $"{one.Value} x {one.Key}")));
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
