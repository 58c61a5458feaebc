using System.Diagnostics;
using Veer.Formats;
using Veer.Models;
using Veer.Networks;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Cli;

/// <summary>Commands in the midst of their work, and the signals that end them.</summary>
public sealed class SignalTests : IDisposable
{
    /// <summary>Far more than a second, and far less than the work would take.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    public async Task A_training_leaves_a_checkpoint_and_goes_on_from_it(string signal, int code)
    {
        File.WriteAllText(folder.File("long.yaml"), """
            title: A long training
            data: { kind: gaussians, train_per_class: 100, held_out_per_class: 100 }
            denoiser: { network: { width: 8, layers: 1, fourier_features: 0 }, training: { steps: 100000000, batch_size: 4096 } }
            guidance: { scales: [1] }
            postprocessors: {}
            """);
        var (outcome, seconds) = await Stopped(signal, "denoiser base ...", "run", "long.yaml", "--out", "run");
        Assert.Equal((code, "veer: interrupted; started again, a run goes on from its last checkpoint\n"), (outcome.ExitCode, outcome.Error));
        Assert.True(seconds < Soon.TotalSeconds, $"{seconds} s");
        Assert.InRange(Training.Toy.Step(folder.File("run/models/base")), 1, int.MaxValue);
        using var again = VeerProcess.Start(folder.Path, "run", "long.yaml", "--out", "run");
        await ReadUntil(again, "denoiser base ...");
        await Task.Delay(1000, TestContext.Current.CancellationToken);
        VeerProcess.Signal(again, signal);
        var ended = await VeerProcess.End(again);
        Assert.Equal(code, ended.ExitCode);
        // no word of a checkpoint that was not used
        Assert.Equal("veer: interrupted; started again, a run goes on from its last checkpoint\n", ended.Error);
    }

    [Fact]
    public async Task Work_without_checkpoints_promises_none()
    {
        using (NewDisposeScope())
            foreach (string name in (string[])["one.npz", "other.npz"]) Npz.Write(folder.File(name), new Dictionary<string, Tensor> { ["points"] = RandomKey.From(0, name).Normal(0, 50_000, [16]) });
        using var process = VeerProcess.Start(folder.Path, "evaluate", "--samples", "one.npz", "--reference", "other.npz", "--device", "cpu");
        await Task.Delay(3000, TestContext.Current.CancellationToken);
        VeerProcess.Signal(process, "TERM");
        var outcome = await VeerProcess.End(process);
        Assert.Equal((143, "veer: interrupted"), (outcome.ExitCode, outcome.Error.TrimEnd('\n').Split('\n')[^1]));
    }

    [Fact]
    public async Task Lines_that_nobody_takes_hold_no_command()
    {
        File.WriteAllText(folder.File("study.yaml"), Studies.StudyText.Tiny);
        // a pipe that is full, and that nobody reads
        using var process = VeerProcess.StartIn(folder.Path, "mkfifo pipe; exec 3<>pipe; head -c 65536 /dev/zero >&3; exec $veer run study.yaml --out run >&3 2>&3");
        await EndsSoon(process, 4000);
    }

    [Fact]
    public async Task Work_that_asks_for_no_signal_is_left_where_it_is()
    {
        // opening a pipe that nobody writes to waits for ever, in the system's own code
        using (var make = Process.Start("mkfifo", [folder.File("pipe.yaml")])) await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        using var process = VeerProcess.Start(folder.Path, "run", "pipe.yaml");
        await EndsSoon(process, 1500);
    }

    [Fact]
    public async Task Sampling_stops_and_writes_nothing()
    {
        var config = new ModelConfig { Kind = "denoiser", Classes = 2, Timesteps = 1000, Network = new ResidualMlpOptions { Dimensions = 3, Labels = 2, Width = 64, Layers = 4 } };
        using (var network = ModelFolder.Create(config, new RandomKey(1))) ModelFolder.Save(folder.File("model"), network, config);
        using var process = VeerProcess.Start(folder.Path, "sample", "--model", "model", "--guidance", "none", "--steps", "1000", "--count", "1000000", "--out", "s.npz");
        await Task.Delay(3000, TestContext.Current.CancellationToken);
        Assert.False(process.HasExited);
        VeerProcess.Signal(process, "INT");
        Assert.Equal(130, (await VeerProcess.End(process)).ExitCode);
        Assert.False(File.Exists(folder.File("s.npz")));
    }

    /// <summary>Asserts that it is at work after so many milliseconds, and that SIGTERM ends it soon.</summary>
    private static async Task EndsSoon(Process process, int after)
    {
        await Task.Delay(after, TestContext.Current.CancellationToken);
        Assert.False(process.HasExited);
        var watch = Stopwatch.StartNew();
        VeerProcess.Signal(process, "TERM");
        Assert.Equal(143, (await VeerProcess.End(process)).ExitCode);
        Assert.True(watch.Elapsed < Soon);
    }

    private async Task<(VeerProcess.Outcome Outcome, double Seconds)> Stopped(string signal, string after, params string[] arguments)
    {
        using var process = VeerProcess.Start(folder.Path, arguments);
        await ReadUntil(process, after);
        await Task.Delay(1000, TestContext.Current.CancellationToken);
        var watch = Stopwatch.StartNew();
        VeerProcess.Signal(process, signal);
        var outcome = await VeerProcess.End(process);
        return (outcome, watch.Elapsed.TotalSeconds);
    }

    private static async Task ReadUntil(Process process, string line)
    {
        string? read;
        do read = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        while (read is not null && read != line);
        Assert.Equal(line, read);
    }
}
