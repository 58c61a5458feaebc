using Veer.Diffusion;
using Veer.Sampling;
using Veer.Solvers;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Sampling;

public sealed class SamplerTests
{
    private static readonly TwoGaussians Exact = new();
    private static readonly NoiseSchedule Schedule = NoiseSchedule.Linear();

    [Fact]
    public void A_sample_is_the_same_alone_in_batches_and_in_one_draw()
    {
        using var scope = NewDisposeScope();
        var labels = arange(10, ScalarType.Int64).remainder(3);
        foreach (ISampler sampler in (ISampler[])[new Ddpm(Schedule, 20), new Ddim(Schedule, 20), new Ddim(Schedule, 20, eta: 0.5), new DpmSolver(new DiscreteProcess(Schedule), 20)])
        {
            var whole = sampler.Draw(Exact, labels, [1], 7);
            var split = sampler.Draw(Exact, labels, [1], 7, new() { BatchSize = 3 });
            var alone = sampler.Draw(Exact, labels.narrow(0, 6, 1), [1], 7, new() { FirstSample = 6 });
            Assert.InRange((whole - split).abs().max().item<float>(), 0, 1e-5f);
            Assert.InRange((whole[6] - alone[0]).abs().max().item<float>(), 0, 1e-5f);
            var other = sampler.Draw(Exact, labels, [1], 8);
            Assert.True(whole.ne(other).all().item<bool>());
        }
    }

    [Theory]
    [InlineData("ddpm")]
    [InlineData("ddim")]
    [InlineData("noisy ddim")]
    [InlineData("dpm-solver")]
    public void Exact_denoisers_give_back_their_data(string name)
    {
        using var scope = NewDisposeScope();
        ISampler sampler = name switch
        {
            "ddpm" => new Ddpm(Schedule, 200),
            "ddim" => new Ddim(Schedule, 200),
            "dpm-solver" => new DpmSolver(new DiscreteProcess(Schedule), 30),
            _ => new Ddim(Schedule, 200, eta: 0.7),
        };
        var labels = arange(6000, ScalarType.Int64).remainder(3);
        var samples = sampler.Draw(Exact, labels, [1], 3).squeeze(1);
        var low = samples[labels.eq(0)];
        Assert.Equal(-1, low.mean().item<float>(), 0.03f);
        Assert.Equal(0.25, low.std().item<float>(), 0.02f);
        // no label: both halves
        var none = samples[labels.eq(2)];
        Assert.Equal(0.5, none.gt(0).to(ScalarType.Float32).mean().item<float>(), 0.04f);
        Assert.Equal(1, none.abs().mean().item<float>(), 0.03f);
    }

    [Fact]
    public void Without_fresh_noise_the_walk_is_Euler_on_the_linear_and_on_the_exploding_path()
    {
        using var scope = NewDisposeScope();
        var x = linspace(-2, 3, 12, ScalarType.Float64);
        var labels = arange(12, ScalarType.Int64).remainder(3);
        // the exact denoiser needs some signal
        Compare(new LinearPath(), 0.1, 1, 10);
        Compare(new VarianceExplodingPath(), 5, 0, 20);

        void Compare(NoisePath path, double from, double to, int steps)
        {
            var levels = Enumerable.Range(0, steps + 1).Select(i => path.At(i == steps ? to : from + (to - from) * i / steps));
            var walked = new Ddim(levels).Draw(Exact, labels, [], x).Samples;
            var solved = new Euler(steps).Solve(
                new ProbabilityFlow(Exact, path), x, labels, from, to, TestContext.Current.CancellationToken).State;
            Assert.InRange((walked - solved).abs().max().item<double>(), 0, 1e-12);
        }
    }

    [Fact]
    public void Trajectories_hold_every_state_from_the_noise_to_the_sample()
    {
        using var scope = NewDisposeScope();
        var sampler = new Ddpm(Schedule, 12);
        var labels = zeros(5, ScalarType.Int64);
        var trajectory = sampler.SampleTrajectory(
            Exact, labels, 4, new() { BatchSize = 2, Output = CPU, Shape = [1] }, TestContext.Current.CancellationToken);
        Assert.Equal([13, 5, 1], trajectory.States.shape);
        Assert.Equal((13, Schedule.LevelAt(999), NoiseLevel.Clean), (trajectory.Levels.Count, trajectory.Levels[0], trajectory.Levels[^1]));
        Assert.True(trajectory.Samples.eq(sampler.Draw(Exact, labels, [1], 4, new() { BatchSize = 2 })).all().item<bool>());
        Assert.True(trajectory.States[0].eq(trajectory.States[1]).logical_not().all().item<bool>());
    }

    [Fact]
    public void The_start_is_standard_noise_on_a_schedule_and_scaled_by_its_level_on_a_path()
    {
        using var scope = NewDisposeScope();
        var labels = zeros(4, ScalarType.Int64);
        var cancellation = TestContext.Current.CancellationToken;
        var standard = new Ddim(Schedule, 5).SampleTrajectory(Exact, labels, 9, new() { Shape = [1] }, cancellation).States[0];
        var exploding = new Ddim([new(1, 80), NoiseLevel.Clean]).SampleTrajectory(Exact, labels, 9, new() { Shape = [1] }, cancellation).States[0];
        Assert.True(exploding.eq(standard * 80).all().item<bool>());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public void The_first_state_that_is_not_finite_stops_the_draw_by_step_and_sample(int checkEvery)
    {
        var sampler = new Ddim(Schedule, 30);
        // sample 103 is spoilt in step 13, sample 102 later
        var torn = new Torn(Exact, level => level == sampler.Levels[12] ? 3 : level == sampler.Levels[14] ? 2 : -1);
        var options = new SamplingOptions { FirstSample = 100, CheckEvery = checkEvery };
        var error = Assert.Throws<NonFiniteStateException>(() => sampler.Draw(torn, zeros(5, ScalarType.Int64), [1], 1, options));
        Assert.Equal((13, 103), (error.Step, error.Sample));
        Assert.Contains("sample 103", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_is_told_and_cancelling_stops()
    {
        var told = new List<double>();
        using var source = new CancellationTokenSource();
        var options = new SamplingOptions { BatchSize = 2, Progress = new SynchronousProgress<SamplingProgress>(step => told.Add(step.Fraction)) };
        var sampler = new Ddim(Schedule, 4);
        sampler.Draw(Exact, zeros(3, ScalarType.Int64), [1], 1, options);
        Assert.Equal(8, told.Count);
        Assert.Equal(told.Order(), told);
        Assert.Equal(1, told[^1], 1e-12);

        options = options with { Progress = new SynchronousProgress<SamplingProgress>(_ => source.Cancel()) };
        Assert.Throws<OperationCanceledException>(
            () => sampler.Sample(Exact, zeros(3, ScalarType.Int64), 1, options with { Shape = [1] }, source.Token));
    }

    [Fact]
    public void Drawing_leaves_no_tensor_behind_but_the_samples()
    {
        var labels = zeros(6, ScalarType.Int64);
        using var scope = NewDisposeScope();
        var samples = new Ddpm(Schedule, 15).Draw(Exact, labels, [1], 2, new() { BatchSize = 4 });
        Assert.Equal(1, scope.DisposablesCount);
        Assert.False(samples.requires_grad);
    }

    [Fact]
    public void Requests_that_make_no_sense_throw()
    {
        var labels = zeros(3, ScalarType.Int64);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Ddim(Schedule, eta: 1.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Ddpm(Schedule, 0));
        Assert.Throws<ArgumentException>(() => new Ddim([NoiseLevel.Clean, new NoiseLevel(0.6, 0.8)]));
        Assert.Throws<ArgumentException>(() => new Ddim(Schedule, 3).Draw(Exact, labels.to(ScalarType.Float32), [1], 1));
        Assert.Throws<ArgumentException>(() => new Ddim(Schedule, 3).Draw(Exact, labels, [1], 1, new() { Start = zeros(2, 1) }));
        Assert.Throws<ArgumentException>(() => new Ddim(Schedule, 3).Draw(Exact, labels, [1], 1, new() { Start = zeros([labels.shape[0], 1], ScalarType.Int64) }));
        Assert.Throws<ArgumentException>(() => new Ddim(Schedule, 3).Draw(Exact, labels + Exact.Info.Classes + 1, [1], 1));
        Assert.Throws<ArgumentException>(() => new Ddim(Schedule, 3).Draw(Exact, labels - Exact.Info.Classes, [1], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Ddim(Schedule, 3).Draw(Exact, labels, [1], 1, new() { BatchSize = 0 }));
    }

    /// <summary>Spoils one row at chosen levels.</summary>
    [Fact]
    public void A_denoiser_that_answers_in_another_shape_is_named()
    {
        foreach (long[] shape in (long[][])[[5, 1], [1, 2], [5], [5, 2, 1]])
            Refusal.Of(() => new Ddim(4).Sample(new Misshapen(shape), zeros(5, ScalarType.Int64), 3), $"Misshapen: noise: found [{string.Join(", ", shape)}], expected [5, 2], the shape of x");
        Refusal.Of(() => new Ddim(4).Sample(new Misshapen(null), zeros(5, ScalarType.Int64), 3), "Misshapen: noise: found nothing, expected [5, 2]");
    }

    private sealed class Misshapen(long[]? shape) : IDenoiser
    {
        public DenoiserInfo Info { get; } = new() { Classes = 1, SampleShape = [2], Process = new DiscreteProcess(NoiseSchedule.Linear()) };

        public Prediction Predict(Tensor x, NoiseLevel level, Tensor label, PredictionContext? context = null) => new(x, shape is null ? null! : zeros(shape));
    }

    private sealed class Torn(IDenoiser denoiser, Func<NoiseLevel, int> row) : IDenoiser
    {
        public DenoiserInfo Info => denoiser.Info;

        public Prediction Predict(Tensor x, NoiseLevel level, Tensor label, PredictionContext? context = null)
        {
            var prediction = denoiser.Predict(x, level, label, context);
            if (row(level) is >= 0 and var spoilt) prediction.Noise[spoilt] = double.NaN;
            return prediction;
        }
    }
}
