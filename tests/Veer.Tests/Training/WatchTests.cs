using Veer.Tests.Formats;
using Veer.Training;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Training;

public sealed class WatchTests : IDisposable
{
    private static readonly TrainingOptions Options = new() { Steps = 200, BatchSize = 16, ConstantRate = true };

    private static readonly RandomKey Stream = RandomKey.From(0, "watched");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void It_stops_where_nothing_falls_and_gives_the_best_weights_back()
    {
        Queue<double> distances = new([5, 4, 3, double.NaN, 3, 1]);
        var (toy, kept, last) = Train(new() { Every = 10, Patience = 2 }, _ => distances.Dequeue());
        Assert.Equal((20, 40), (kept, last));
        Assert.Equal([1.0], distances);
        var (short20, _, _) = Train(new() { Every = 1000 }, _ => 1, Options with { Steps = 20 });
        // of the second the first weights are the best: it is the weights after its last step that are asked for
        var (to20, _, _) = Train(new() { Every = 20 }, step => -step, Options with { Steps = 20 });
        Assert.Equal(to20.Weights(), toy.Weights());
        Assert.NotEqual(short20.Weights(), toy.Weights());
    }

    [Theory]
    [InlineData(0, 30)]     // the lowest
    [InlineData(0.6, 50)]   // the last that is within chance of it
    public void Of_weights_that_chance_does_not_tell_apart_the_last_are_kept(double chance, long expected)
    {
        Queue<double> distances = new([5, 4, 3.5, 3, 3.7, 3.5, 3.8, 3.7]);
        var (_, kept, last) = Train(new() { Every = 10, Patience = 4 }, _ => distances.Dequeue(), chance: chance);
        Assert.Equal((expected, 70), (kept, last));
        // however near they come, weights that were not trained give way to no worse ones
        Assert.Equal(0, Train(new() { Every = 10, Patience = 2 }, step => step == 0 ? 1 : 2, chance: chance).Kept);
    }

    [Fact]
    public void Where_no_step_helps_the_first_weights_stay()
    {
        var (toy, kept, last) = Train(new() { Every = 10, Patience = 3 }, step => step == 0 ? 0 : 5 + step);
        Assert.Equal((0, 40), (kept, last));
        Assert.Equal(new Toy().Weights(), toy.Weights());
    }

    [Fact]
    public void A_rise_at_the_start_does_not_use_up_the_patience()
    {
        var (_, kept, last) = Train(new() { Every = 10, Patience = 2 }, step => step == 0 ? 1 : step <= 100 ? 10 - step / 20.0 : 7);
        Assert.Equal((0, 120), (kept, last));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(57)]
    [InlineData(60)]
    public void Stopped_at_any_step_it_goes_on_to_the_same_bits(int step)
    {
        var rule = new EarlyStopping { Every = 10, Patience = 2 };
        var (whole, kept, last) = TrainIn(folder.File("whole"), new(), CancellationToken.None);
        using var source = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => TrainIn(folder.File("stopped"), new() { Called = call => { if (call == step + 1) source.Cancel(); } }, source.Token));
        Assert.Equal(step, Toy.Step(folder.File("stopped")));
        var (resumed, again, end) = TrainIn(folder.File("stopped"), new(), CancellationToken.None);
        Assert.Equal((kept, last), (again, end));
        Assert.Equal(whole.Weights(), resumed.Weights());
        Assert.InRange(kept, 1, 79);

        // the distance is of the weights alone, so that it is the same in a training that goes on
        (Toy, long, long) TrainIn(string name, Toy toy, CancellationToken cancellation)
        {
            long reported = 0;
            using var watch = new Watch(rule, () => Math.Abs(Norm(toy) - Lowest));
            using var trainer = new Trainer(toy, Options, Stream, name, "watched") { Watch = watch };
            trainer.Run(new SynchronousProgress<TrainingProgress>(told => reported = told.Step), cancellation: cancellation);
            return (toy, trainer.Kept, reported);
        }
    }

    [Theory]
    [InlineData(40)]    // patience ends here
    [InlineData(120)]   // the last step
    public void Stopped_in_the_look_that_decides_the_end_it_is_not_over(long at)
    {
        using var source = new CancellationTokenSource();
        long step = -10;
        double Stopped()
        {
            step += 10;
            if (step != at) return at == 40 ? 20 + step : -step;
            source.Cancel();
            source.Token.ThrowIfCancellationRequested();
            return 0;
        }
        using (var watch = new Watch(new() { Every = 10, Patience = 3 }, Stopped))
        using (var trainer = new Trainer(new Toy(), Options with { Steps = 120 }, Stream, folder.Path, "stopped") { Watch = watch })
            Assert.Throws<OperationCanceledException>(() => trainer.Run(cancellation: source.Token));
        Assert.Equal(at, Toy.Step(folder.Path));
        // and what it would have found is found by who goes on
        List<long> seen = [];
        using var again = new Watch(new() { Every = 10, Patience = 3 }, () => { seen.Add(at); return -1000; });
        using var gone = new Trainer(new Toy(), Options with { Steps = 120 }, Stream, folder.Path, "stopped") { Watch = again };
        gone.Run(cancellation: TestContext.Current.CancellationToken);
        Assert.NotEmpty(seen);
        Assert.Equal(-1000, again.Last);
    }

    [Fact]
    public void Progress_tells_the_distance()
    {
        List<double?> told = [];
        using var watch = new Watch(new() { Every = 50 }, () => 7 - told.Count);
        using var trainer = new Trainer(new Toy(), Options, Stream) { Watch = watch };
        trainer.Run(new SynchronousProgress<TrainingProgress>(at => told.Add(at.HeldOutDistance)), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal([7.0, 6, 5, 4], told);
    }

    /// <summary>The length that the averaged weights have after some 50 steps.</summary>
    private static double Lowest { get; } = Measure();

    private static double Measure()
    {
        var (toy, _, _) = Train(new() { Every = 50 }, step => -step, Options with { Steps = 50 });
        return Norm(toy);
    }

    private static double Norm(Toy toy)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        return Math.Sqrt(toy.Network.parameters().Sum(weight => (double)weight.square().sum().item<float>()));
    }

    /// <summary>Trains a fresh toy; the distance is told how many steps were taken when it is asked.</summary>
    private static (Toy Toy, long Kept, long Last) Train(EarlyStopping rule, Func<long, double> distance, TrainingOptions? options = null, double chance = 0)
    {
        long calls = 0;
        var toy = new Toy { Called = _ => calls++ };
        // of a lowest distance of 3 every other strays by the chance
        using var watch = new Watch(rule, () => distance(calls) is var found && chance == 0 ? (found, null) : (found, full(1, found == 3 ? 0 : chance, ScalarType.Float64)), 1);
        using var trainer = new Trainer(toy, options ?? Options, Stream) { Watch = watch };
        trainer.Run(cancellation: TestContext.Current.CancellationToken);
        return (toy, trainer.Kept, calls);
    }
}
