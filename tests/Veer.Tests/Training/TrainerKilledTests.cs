using System.Diagnostics;
using Veer.Tests.Formats;
using Veer.Training;
using Xunit;

namespace Veer.Tests.Training;

/// <summary>SIGKILL, for real: this assembly starts itself and trains in a process that is killed.</summary>
public sealed class TrainerKilledTests : IDisposable
{
    private const string Folder = "VEER_TEST_TRAINING_FOLDER", Images = "VEER_TEST_TRAINING_IMAGES";

    private const int UsualMilliseconds = 25;

    private static readonly TrainingOptions OfPoints = new() { Steps = 1500, BatchSize = 16 }, OfImages = new() { Steps = 100, BatchSize = 2, GradientLimit = 1 };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(false, 3)]
    [InlineData(true, 4)]
    public async Task Killed_again_and_again_it_ends_in_the_bits_of_one_left_alone(bool images, int kills)
    {
        var options = images ? OfImages : OfPoints;
        byte[] expected = new Toy(images).Train(folder.File("whole"), options);
        int last = 0;
        int[] delays = [.. new RandomKey(1).Normal(0, kills, [1]).data<float>().Select(drawn => (int)Math.Abs(drawn * UsualMilliseconds))];
        foreach (int milliseconds in delays)
        {
            using var child = Start(images);
            // it has started when it goes beyond the checkpoint that the one before left
            while (!child.HasExited && StepSoFar() <= last) await Task.Delay(10, TestContext.Current.CancellationToken);
            await Task.Delay(milliseconds, TestContext.Current.CancellationToken);
            child.Kill(entireProcessTree: true);
            await child.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.InRange(StepSoFar(), last + 1, options.Steps - 1);
            last = StepSoFar();
        }
        int calls = 0;
        Assert.Equal(expected, new Toy(images) { Called = _ => Interlocked.Increment(ref calls) }.Train(folder.File("killed"), options));
        // the images of a step go in two shards
        Assert.Equal((options.Steps - last) * (images ? 2 : 1), calls);
        Assert.Equal(Toy.Losses(folder.File("whole")), Toy.Losses(folder.File("killed")));
    }

    [Fact(Explicit = true)]
    public void Child_trains_with_a_checkpoint_at_every_step()
    {
        bool images = Environment.GetEnvironmentVariable(Images) == "yes";
        new Toy(images).Train(Environment.GetEnvironmentVariable(Folder)!, images ? OfImages : OfPoints, checkpointEvery: TimeSpan.FromTicks(1));
    }

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

    private Process Start(bool images)
    {
        string test = $"{typeof(TrainerKilledTests).FullName}.{nameof(Child_trains_with_a_checkpoint_at_every_step)}";
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(TrainerKilledTests).Assembly.Location, "-explicit", "only", "-method", test])
        {
            RedirectStandardOutput = true,
        };
        start.Environment[Folder] = folder.File("killed");
        start.Environment[Images] = images ? "yes" : "no";
        return Process.Start(start)!;
    }
}
