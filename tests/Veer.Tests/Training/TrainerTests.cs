using CsCheck;
using Veer.Formats;
using Veer.Tests.Formats;
using Veer.Training;
using Xunit;

namespace Veer.Tests.Training;

public sealed class TrainerTests : IDisposable
{
    private const int Steps = 120;

    private static readonly TrainingOptions Options = new() { Steps = Steps, BatchSize = 16, AverageDecay = 0.9, WarmupSteps = 10 };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Stopped_at_any_steps_it_ends_in_the_bits_of_one_left_alone()
    {
        byte[] expected = new Toy().Train(folder.File("whole"), Options);
        Gen.Int[1, Steps - 1].Array[1, 4].SampleFixed(stops =>
        {
            string path = folder.File(Path.GetRandomFileName());
            int before = 0;
            foreach (int stop in stops.Distinct().Order())
            {
                Toy.TrainUntil(stop, path, Options, before);
                Assert.Equal(stop, Toy.Step(path));
                before = stop;
            }
            Assert.Equal(expected, new Toy().Train(path, Options));
            Assert.Equal(Toy.Losses(folder.File("whole")), Toy.Losses(path));
        }, iter: 8);
    }

    [Fact]
    public void Going_on_takes_the_steps_that_are_left_and_no_more()
    {
        Toy.TrainUntil(70, folder.Path, Options);
        int calls = 0;
        new Toy { Called = call => calls = call }.Train(folder.Path, Options);
        Assert.Equal(Steps - 70, calls);
    }

    [Fact]
    public void Any_moments_files_lead_to_the_same_bits()
    {
        // what a process killed at that moment leaves behind: a checkpoint a step, rows that are ahead of it
        var every = TimeSpan.FromTicks(1);
        var copies = new List<string>();
        var watched = new Toy
        {
            Called = call => { if (call % 29 == 0) copies.Add(Copy(folder.File("whole"), folder.File($"copy{call}"))); },
        };
        byte[] expected = watched.Train(folder.File("whole"), Options, checkpointEvery: every);
        Assert.Equal(4, copies.Count);
        foreach (string copy in copies)
        {
            File.AppendAllText(Path.Combine(copy, "training.csv"), "119,1904,0.5,0.5,0.5\n12");
            Assert.Equal(expected, new Toy().Train(copy, Options, checkpointEvery: every));
            Assert.Equal(Toy.Losses(folder.File("whole")), Toy.Losses(copy));
        }
    }

    [Fact]
    public void A_trained_state_is_safe_until_its_model_is()
    {
        byte[] expected = new Toy().Train(folder.Path, Options);
        int calls = 0;
        Assert.Equal(expected, new Toy { Called = call => calls = call }.Train(folder.Path, Options));
        Assert.Equal(0, calls);
    }

    [Fact]
    public async Task Who_is_told_and_does_not_come_back_keeps_no_state_from_being_saved()
    {
        using var source = new CancellationTokenSource();
        using var told = new ManualResetEventSlim();
        using var back = new ManualResetEventSlim();
        var training = Task.Run(
            () => new Toy().Train(folder.Path, Options, cancellation: source.Token, progress: _ =>
            {
                told.Set();
                back.Wait(TestContext.Current.CancellationToken);
            }),
            TestContext.Current.CancellationToken);
        told.Wait(TestContext.Current.CancellationToken);
        await source.CancelAsync();
        Assert.Equal(50, Toy.Step(folder.Path));
        back.Set();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => training);
    }

    [Fact]
    public void A_finished_training_leaves_the_averaged_weights()
    {
        var toy = new Toy();
        toy.Train(folder.Path, Options, checkpointEvery: TimeSpan.FromTicks(1));
        Assert.Equal(Steps, Toy.Step(folder.Path));
        var last = Safetensors.Read(folder.File("checkpoint.safetensors")).Tensors;
        foreach (var (name, weight) in toy.Network.named_parameters())
        {
            Assert.True(AnyTensor.Same(weight, last["optimizer.average." + name]), name);
            Assert.False(AnyTensor.Same(weight, last["network." + name]), name);
        }
    }

    [Fact]
    public void Once_the_model_is_safe_the_checkpoints_go()
    {
        var trainer = new Trainer(new Toy(), Options, new RandomKey(1), folder.Path, "toy") { CheckpointEvery = TimeSpan.FromTicks(1) };
        trainer.Run(cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(2, Directory.GetFiles(folder.Path, "checkpoint*").Length);
        trainer.Finish();
        Assert.Empty(Directory.GetFiles(folder.Path, "checkpoint*"));
    }

    [Fact]
    public void A_loss_that_is_not_finite_stops_it_at_its_step_and_the_state_before_it_is_kept()
    {
        var toy = new Toy { Changed = (call, loss) => call == 77 ? loss * double.NaN : loss };
        var fault = Assert.Throws<TrainingDivergedException>(() => toy.Train(folder.Path, Options));
        Assert.Contains("step 77,", fault.Message, StringComparison.Ordinal);
        Assert.Contains("learning_rate", fault.Message, StringComparison.Ordinal);
        Assert.Equal(2, Toy.Losses(folder.Path).Length);
        Assert.Equal(76, Toy.Step(folder.Path));
        Assert.Equal(new Toy().Train(folder.File("whole"), Options), new Toy().Train(folder.Path, Options));
    }

    [Fact]
    public void A_gradient_that_is_not_finite_stops_it_though_its_loss_is()
    {
        var toy = Faulty();
        Assert.Equal((77, 76), Fault(toy, TimeSpan.FromTicks(1)));
        Assert.All(toy.Network.parameters(), weight => Assert.True(weight.isfinite().all().item<bool>()));
        Assert.Equal(76, Toy.Step(folder.Path));
        Assert.Equal(new Toy().Train(folder.File("whole"), Options), new Toy().Train(folder.Path, Options));
    }

    [Fact]
    public void Where_steps_are_not_waited_for_no_state_after_a_fault_is_kept()
    {
        Assert.Equal((77, 76), Fault(Faulty(), TimeSpan.FromTicks(1), waits: false));
        Assert.Equal(new Toy().Train(folder.File("whole"), Options), new Toy().Train(folder.Path, Options));
    }

    [Fact]
    public void Where_no_checkpoint_was_due_before_a_fault_there_is_none_after_it()
    {
        Assert.Equal((77, 0), Fault(Faulty(), TimeSpan.FromHours(1), waits: false));
        Assert.Empty(Directory.GetFiles(folder.Path, "checkpoint*"));
    }

    [Fact]
    public void Cancelled_between_a_fault_and_its_discovery_it_tells_of_the_fault()
    {
        using var source = new CancellationTokenSource();
        var toy = new Toy { Changed = (call, loss) => call == 77 ? Toy.Spoilt(loss) : loss, Called = call => { if (call == 80) source.Cancel(); } };
        Assert.Equal((77, 0), Fault(toy, TimeSpan.FromHours(1), waits: false, source.Token));
        Assert.Empty(Directory.GetFiles(folder.Path, "checkpoint*"));
    }

    [Fact]
    public void A_preview_sees_the_averaged_weights_and_changes_nothing()
    {
        byte[] expected = new Toy().Train(folder.File("whole"), Options);
        var toy = new Toy();
        var seen = new List<(long Step, byte[] Weights)>();
        toy.Train(folder.File("shown"), Options, preview: (_, step) => seen.Add((step, toy.Weights())));
        Assert.Equal([50, 100, 120], seen.Select(one => one.Step));
        Assert.Equal(expected, toy.Weights());
        Assert.Equal(expected, seen[^1].Weights);
        Assert.NotEqual(expected, seen[0].Weights);
    }

    [Fact]
    public void Stopped_in_a_preview_it_leaves_a_checkpoint_of_all_steps()
    {
        byte[] expected = new Toy().Train(folder.File("whole"), Options);
        using var source = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => new Toy().Train(folder.Path, Options, cancellation: source.Token, preview: (_, _) =>
        {
            source.Cancel();
            source.Token.ThrowIfCancellationRequested();
        }));
        Assert.Equal(50, Toy.Step(folder.Path));
        Assert.Equal(expected, new Toy().Train(folder.Path, Options));
    }

    [Fact]
    public void A_preview_that_fails_leaves_the_trained_weights()
    {
        var toy = new Toy();
        byte[] averaged = [];
        Assert.Throws<IOException>(() => toy.Train(folder.Path, Options, preview: (_, _) =>
        {
            averaged = toy.Weights();
            throw new IOException("full");
        }));
        Assert.True(toy.Network.training);
        Assert.NotEqual(averaged, toy.Weights());
    }

    [Fact]
    public void The_losses_are_the_mean_of_their_steps()
    {
        new Toy { Changed = (call, loss) => loss * 0 + call }.Train(folder.Path, Options);
        Assert.Equal(
            ["step,examples,loss,learning_rate", "50,800,25.5", "100,1600,75.5", "120,1920,110.5"],
            Toy.Losses(folder.Path).Select((row, i) => i == 0 ? row : row[..row.LastIndexOf(',')]));
    }

    private static Toy Faulty() => new() { Changed = (call, loss) => call == 77 ? Toy.Spoilt(loss) : loss };

    private (long Step, long Kept) Fault(Toy toy, TimeSpan checkpointEvery, bool? waits = null, CancellationToken? cancellation = null)
    {
        var fault = Assert.Throws<TrainingDivergedException>(
            () => toy.Train(folder.Path, Options, checkpointEvery, waits: waits, cancellation: cancellation));
        return (fault.Step, fault.Kept);
    }

    [Fact]
    public void It_learns()
    {
        double first = 0, last = 0;
        new Toy().Train(
            folder.Path, new() { Steps = 600, BatchSize = 64, LearningRate = 0.02 },
            progress: p => (first, last) = (p.Step == 50 ? p.Loss : first, p.Loss));
        Assert.InRange(last, 0, first / 2);
    }

    private static string Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        return to;
    }
}
