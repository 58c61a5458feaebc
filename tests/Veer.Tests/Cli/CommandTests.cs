using Veer.Formats;
using Veer.Metrics;
using Veer.Studies.Settings;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Cli;

public sealed class CommandTests
{
    private const string TinyStudy = """
        title: A tiny study
        data: { kind: fractal, train_per_class: 200, held_out_per_class: 200 }
        denoiser:
          network: { width: 8, layers: 1, fourier_features: 4 }
          training: { steps: 20, batch_size: 32 }
        guidance: { scales: [1, 2] }
        sampling: { sampler: ddim, steps: 5, training_samples: 100, test_samples: 60, trajectories: 4 }
        postprocessor:
          neighbors: 5
          network: { width: 8, layers: 1, fourier_features: 4 }
          training: { steps: 20, batch_size: 32 }
        application: { solver: euler, steps: 4 }
        evaluation: { assignment_points: 50, projections: 8 }
        presets: { quick: {} }
        """;

    [Fact]
    public async Task Studies_are_listed_with_what_they_reproduce()
    {
        using var folder = new TemporaryFolder();
        var outcome = await VeerProcess.Run(folder.Path, "studies");
        Assert.Equal(0, outcome.ExitCode);
        // whole, so that they can be copied from a terminal 80 columns wide
        Assert.All(StudyFile.Names(), name => Assert.Contains($" {name} ", outcome.Output, StringComparison.Ordinal));
        Assert.Contains("Tab.", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_are_listed_by_their_names()
    {
        using var folder = new TemporaryFolder();
        var outcome = await VeerProcess.Run(folder.Path, "list");
        Assert.Equal(0, outcome.ExitCode);
        Assert.All(MetricRegistry.All, metric => Assert.Contains($" {metric.Name} ", outcome.Output, StringComparison.Ordinal));
        Assert.Contains("rescale = 0.7, 0 to 1: phi", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("1904.06991", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_says_first_what_it_will_do_and_a_second_run_takes_it_from_the_folder()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(Path.Combine(folder.Path, "tiny.yaml"), TinyStudy);
        var first = await VeerProcess.Run(folder.Path, "run", "tiny.yaml", "--seed", "3");
        Assert.True(first.ExitCode == 0, first.Error);
        Assert.True(first.Output.IndexOf("expected", StringComparison.Ordinal) < first.Output.IndexOf("denoiser base ...", StringComparison.Ordinal));
        string report = Path.Combine(folder.Path, "runs", "tiny-quick", "report.html");
        Assert.True(File.Exists(report));
        var second = await VeerProcess.Run(folder.Path, "run", "tiny.yaml", "--seed", "3", "--resume");
        Assert.Equal(0, second.ExitCode);
        Assert.DoesNotContain("denoiser base ...", second.Output, StringComparison.Ordinal);
        Assert.Contains("taken from tiny-quick", second.Output, StringComparison.Ordinal);
        File.Delete(report);
        Assert.Equal(0, (await VeerProcess.Run(folder.Path, "report", Path.Combine("runs", "tiny-quick"))).ExitCode);
        Assert.True(File.Exists(report));
    }

    [Fact]
    public async Task Lines_that_go_to_a_file_are_not_broken()
    {
        var outcome = await VeerProcess.Run(Path.GetTempPath(), "doctor");
        string[] lines = outcome.Output.TrimEnd('\n').Split('\n');
        Assert.Contains(lines, line => line.Length > 80);
        // each begins with its mark or, what helps, with the place of one
        Assert.All(lines, line => Assert.Matches("^(ok|warning|missing) |^        [^ ]", line));
    }

    [Theory]
    [InlineData("evaluate", new string[0])]
    [InlineData("apply", new[] { "postprocess" })]
    public async Task Where_a_command_is_missing_the_help_tells_which_there_are(string named, string[] arguments)
    {
        var outcome = await VeerProcess.Run(Path.GetTempPath(), arguments);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(named, outcome.Output, StringComparison.Ordinal);
        Assert.Empty(outcome.Error);
    }

    [Theory]
    [InlineData("no-such-study", new[] { "run", "no-such-study" })]
    [InlineData("--preset", new[] { "run", "fractal", "--preset" })]
    [InlineData("huge", new[] { "run", "fractal", "--preset", "huge" })]
    [InlineData("denoiser.training.steps", new[] { "run", "fractal", "--set", "denoiser.training.steps=-5" })]
    [InlineData("stepps", new[] { "run", "fractal", "--set", "denoiser.training.stepps=5" })]
    [InlineData("bf16", new[] { "run", "fractal", "--precision", "bf16" })]
    [InlineData("--resume", new[] { "run", "fractal", "--resume" })]
    [InlineData("nowhere", new[] { "report", "nowhere" })]
    [InlineData("command line: --device: found 'gpu', expected one of auto, cpu, cuda", new[] { "run", "fractal", "--device", "gpu" })]
    [InlineData("DIR: found an empty text", new[] { "report", "" })]
    [InlineData("frobnicate", new[] { "frobnicate" })]
    public async Task Bad_usage_is_one_line_and_exit_code_2(string named, string[] arguments)
    {
        using var folder = new TemporaryFolder();
        (await VeerProcess.Run(folder.Path, arguments)).RefusedWith(named);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task Broken_yaml_names_file_and_line()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(Path.Combine(folder.Path, "broken.yaml"), "title: x\ndata: { kind: [fractal\n");
        (await VeerProcess.Run(folder.Path, "run", "broken.yaml")).RefusedWith("broken.yaml", "line ");
        File.WriteAllBytes(folder.File("broken.yaml"), [.. "title: gr"u8, 0xFC, (byte)'n', (byte)'\n']);
        (await VeerProcess.Run(folder.Path, "run", "broken.yaml")).RefusedWith("broken.yaml", "found bytes that are no UTF-8, expected a study");
    }

    [Theory]
    [InlineData("flat", "points")]
    [InlineData("nan", "points")]
    [InlineData("pickle", "points")]
    public async Task An_npz_that_cannot_be_used_is_named_with_its_array(string fault, string named)
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "train.npz");
        using var labels = zeros(4, ScalarType.Int64);
        using var points = fault == "flat" ? zeros(4) : full([4, 2], fault == "nan" ? float.NaN : 1f);
        Npz.Write(path, new Dictionary<string, Tensor> { ["points"] = points, ["labels"] = labels });
        if (fault == "pickle") File.Copy(GoldenFile.Path("numpy-refused.npz"), path, overwrite: true);
        File.WriteAllText(Path.Combine(folder.Path, "mine.yaml"), "title: mine\ndata: { kind: vectors, train: train.npz, held_out: train.npz }\npresets: { quick: {} }\n");
        (await VeerProcess.Run(folder.Path, "run", "mine.yaml")).RefusedWith("train.npz", fault == "pickle" ? "" : named);
        Assert.False(Directory.Exists(Path.Combine(folder.Path, "runs", "mine-quick", "models")));
    }

    [Fact]
    public async Task A_run_takes_no_place_of_other_files_and_not_that_of_its_own_study()
    {
        using var folder = new TemporaryFolder();
        const string Text = "title: mine\ndata: { kind: fractal }\npresets: { quick: {} }\n";
        File.WriteAllText(folder.File("study.yaml"), Text);
        (await VeerProcess.Run(folder.Path, "run", "study.yaml", "--out", ".")).RefusedWith("--out", "holds no run (study.yaml is in it)");
        Assert.Equal(Text, await File.ReadAllTextAsync(folder.File("study.yaml"), TestContext.Current.CancellationToken));
        Directory.CreateDirectory(folder.File("thesis"));
        File.WriteAllText(folder.File("thesis/report.html"), "");
        (await VeerProcess.Run(folder.Path, "run", "study.yaml", "--out", "thesis")).RefusedWith("--out", "holds no run (report.html is in it)");
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_told_of_before_the_work_and_leaves_nothing()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "a-file");
        File.WriteAllText(file, "");
        var outcome = await VeerProcess.Run(folder.Path, "run", "fractal", "--out", Path.Combine(file, "run"));
        outcome.RefusedWith("--out", "a-file on the way");
        Assert.Equal([file], Directory.GetFileSystemEntries(folder.Path));
    }
}
