using System.Diagnostics;
using Veer.Tests.Formats;
using Veer.Training;
using Xunit;

namespace Veer.Tests.Training;

/// <summary>SIGKILL, for real: this assembly starts itself and trains in a process that is killed.</summary>
public sealed class TrainerKilledTests : IDisposable
{
    private const string Variable = "VEER_TEST_TRAINING_FOLDER";

    private static readonly TrainingOptions _options = new() { Steps = 1500, BatchSize = 16 };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Killed_again_and_again_it_ends_in_the_bits_of_one_left_alone()
    {
        byte[] expected = new Toy().Train(folder.File("whole"), _options);
        int last = 0;
        foreach (int milliseconds in (int[])[0, 35, 110])
        {
            using var child = Start();
            // it has started when it goes beyond the checkpoint that the one before left
            while (!child.HasExited && StepSoFar() <= last) await Task.Delay(5, TestContext.Current.CancellationToken);
            await Task.Delay(milliseconds, TestContext.Current.CancellationToken);
            child.Kill(entireProcessTree: true);
            await child.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.InRange(StepSoFar(), last + 1, _options.Steps - 1);
            last = StepSoFar();
        }
        int calls = 0;
        Assert.Equal(expected, new Toy { Called = call => calls = call }.Train(folder.File("killed"), _options));
        Assert.Equal(_options.Steps - last, calls);
        Assert.Equal(Toy.Losses(folder.File("whole")), Toy.Losses(folder.File("killed")));
    }

    [Fact(Explicit = true)]
    public void Child_trains_with_a_checkpoint_at_every_step() =>
        new Toy().Train(Environment.GetEnvironmentVariable(Variable)!, _options, checkpointEvery: TimeSpan.FromTicks(1));

    /// <summary>The step of the newest checkpoint; while a new one is written, the last one stands aside.</summary>
    private int StepSoFar()
    {
        foreach (string name in (string[])["checkpoint.safetensors", "checkpoint.previous.safetensors"])
        {
            try
            {
                return Toy.Step(folder.File("killed"), name);
            }
            catch (InputException)
            {
                // not there
            }
        }
        return 0;
    }

    private Process Start()
    {
        string test = $"{typeof(TrainerKilledTests).FullName}.{nameof(Child_trains_with_a_checkpoint_at_every_step)}";
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(TrainerKilledTests).Assembly.Location, "-explicit", "only", "-method", test])
        {
            RedirectStandardOutput = true,
        };
        start.Environment[Variable] = folder.File("killed");
        return Process.Start(start)!;
    }
}
