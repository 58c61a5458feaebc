using Veer.Diffusion;
using Veer.Guidance;
using Veer.Sampling;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Sampling;

public sealed class DpmSolverTests
{
    private static readonly TwoGaussians Exact = new();

    /// <summary>One Gaussian, N(-1, 1/16): the flow scales every point's distance from the mean, whatever the path.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Twice_the_steps_make_a_quarter_of_the_error(bool exploding)
    {
        using var scope = NewDisposeScope();
        var label = zeros(9, ScalarType.Int64);
        var place = linspace(-2, 2, 9, ScalarType.Float64);
        Assert.InRange(Error(40) / Error(80), 3.6, 4.6);
        Assert.InRange(Error(80) / Error(160), 3.8, 4.3);
        Assert.InRange(Error(160), 0, 2e-3);

        double Error(int steps)
        {
            // even steps of log(alpha / sigma), and of uneven ones
            var levels = Enumerable.Range(0, steps + 1).Select(i => (double)i / steps)
                .Select(done => exploding ? new NoiseLevel(1, 20 * Math.Pow(0.02 / 20, done)) : new LinearPath().At(0.1 + 0.85 * done)).ToList();
            var samples = new DpmSolver(levels).Draw(Exact, label, [], At(levels[0])).Samples;
            return (samples - At(levels[^1])).abs().max().item<double>();
        }

        Tensor At(NoiseLevel level) => (place * Math.Sqrt(level.Alpha * level.Alpha / 16 + level.Sigma * level.Sigma)) - level.Alpha;
    }

    [Fact]
    public void Its_error_in_ten_steps_is_that_of_DDIM_in_many_more()
    {
        using var scope = NewDisposeScope();
        var labels = arange(300, ScalarType.Int64).remainder(2);
        var start = RandomKey.From(3, "start").Normal(0, 300, [1]).to(ScalarType.Float64);
        var process = new DiscreteProcess(NoiseSchedule.Linear());
        var exact = new Ddim(process, 1000).Draw(Exact, labels, [1], start).Samples;
        double Error(ISampler sampler) => (sampler.Draw(Exact, labels, [1], start).Samples - exact).square().mean().sqrt().item<double>();
        Assert.True(Error(new DpmSolver(process, 10)) < Error(new Ddim(process, 100)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(400)]
    [InlineData(1000)]
    public void Of_a_discrete_process_it_takes_so_many_of_its_own_levels(int steps)
    {
        var schedule = NoiseSchedule.Linear();
        var levels = new DpmSolver(new DiscreteProcess(schedule), steps).Levels;
        Assert.Equal((steps + 1, NoiseLevel.Clean), (levels.Count, levels[^1]));
        Assert.Equal(schedule.LevelAt(999), levels[0]);
        Assert.Equal(steps, levels.SkipLast(1).Intersect(schedule.SamplingLevels()).Count());
        if (steps == 7) Assert.All(levels.SkipLast(2).Zip(levels.Skip(1)), pair => Assert.Equal(1.66, pair.Second.LogRatio - pair.First.LogRatio, 0.2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DpmSolver(new DiscreteProcess(schedule), 1001));
    }

    [Fact]
    public void One_step_is_that_of_DDIM()
    {
        using var scope = NewDisposeScope();
        var labels = arange(6, ScalarType.Int64).remainder(3);
        NoiseLevel[] levels = [new(0.6, 0.8), new(0.8, 0.6)];
        var start = linspace(-2, 2, 6, ScalarType.Float64);
        Assert.True(new DpmSolver(levels).Draw(Exact, labels, [], start).Samples.eq(new Ddim(levels).Draw(Exact, labels, [], start).Samples).all().item<bool>());
    }

    [Fact]
    public void Guidance_that_moves_the_clean_part_alone_guides()
    {
        using var scope = NewDisposeScope();
        var label = zeros(500, ScalarType.Int64);
        var flow = Enumerable.Range(0, 21).Select(i => new LinearPath().At(0.02 + (0.98 * i / 20))).ToList();
        foreach (var sampler in (ISampler[])[new DpmSolver(new DiscreteProcess(NoiseSchedule.Linear()), 20), new DpmSolver(flow)])
        {
            var samples = sampler.Draw(new CfgPlusPlus(Exact, 0.7), label, [1], 3);
            Assert.InRange(samples.lt(0).to(ScalarType.Float32).mean().item<float>(), 0.9f, 1);
        }
    }

    [Fact]
    public void Drawing_leaves_no_tensor_behind_but_the_samples()
    {
        var labels = zeros(6, ScalarType.Int64);
        using var scope = NewDisposeScope();
        new DpmSolver(new DiscreteProcess(NoiseSchedule.Linear()), 15).Draw(Exact, labels, [1], 2, new() { BatchSize = 4 });
        Assert.Equal(1, scope.DisposablesCount);
    }
}
