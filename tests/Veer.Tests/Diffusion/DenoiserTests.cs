using Veer.Diffusion;
using Veer.Guidance;
using Veer.Solvers;
using Veer.Tests.Sampling;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Diffusion;

public sealed class DenoiserTests
{
    [Fact]
    public void Clipping_bounds_the_clean_part_keeps_x_and_leaves_the_rest_to_the_bit()
    {
        using var scope = NewDisposeScope();
        var exact = new TwoGaussians();
        var level = new NoiseLevel(0.8, 0.6);
        var (x, label) = (linspace(-3, 3, 25, ScalarType.Float64), zeros(25, ScalarType.Int64));
        var plain = exact.Predict(x, level, label);
        var clipped = new ClippedDenoiser(exact).Predict(x, level, label);
        Assert.Equal(1, clipped.Clean.abs().max().item<double>());
        Assert.InRange((level.Mix(clipped.Clean, clipped.Noise) - x).abs().max().item<double>(), 0, 1e-12);
        var inside = plain.Clean.abs().le(1);
        Assert.InRange(inside.sum().item<long>(), 1, 24);
        Assert.True(plain.Noise[inside].eq(clipped.Noise[inside]).all().item<bool>());
        Assert.Throws<ArgumentOutOfRangeException>(() => new ClippedDenoiser(exact, 0));
    }

    [Fact]
    public void Clipping_leaves_the_noise_alone_where_x_has_none_and_where_the_parts_do_not_make_up_x()
    {
        using var scope = NewDisposeScope();
        var (x, label) = (linspace(-3, 3, 25, ScalarType.Float64), zeros(25, ScalarType.Int64));
        var atEnd = new ClippedDenoiser(new Halves()).Predict(x, NoiseLevel.Clean, label);
        Assert.Equal(1, atEnd.Clean.abs().max().item<double>());
        Assert.True(atEnd.Noise.eq(x / 2).all().item<bool>());
        var (level, plus) = (new NoiseLevel(0.8, 0.6), new CfgPlusPlus(new TwoGaussians(), 3));
        var clipped = new ClippedDenoiser(plus).Predict(x, level, label);
        Assert.True(clipped.Noise.eq(plus.Predict(x, level, label).Noise).all().item<bool>());
        Assert.False(new ClassifierFreeGuidance(new ClippedDenoiser(plus), 2).Info.PartsMakeUpX);
        Assert.True(new ClippedDenoiser(new ClassifierFreeGuidance(new TwoGaussians(), 2)).Info.PartsMakeUpX);
    }

    private sealed class Halves : IDenoiser
    {
        public DenoiserInfo Info => new() { Classes = 2, KnowsNullLabel = true };

        public Prediction Predict(Tensor x, NoiseLevel level, Tensor label, PredictionContext? context = null) => new(x.clone(), x / 2);
    }

    [Fact]
    public void The_flow_of_every_path_carries_a_Gaussian_to_its_own_width()
    {
        using var scope = NewDisposeScope();
        var solver = new Dopri5(new() { RelativeTolerance = 1e-9, AbsoluteTolerance = 1e-9, StepPastEnd = false });
        var (normal, label) = (linspace(-2, 2, 9, ScalarType.Float64), zeros(9, ScalarType.Int64));
        // the flow keeps every point's place in its class: mean + deviation · normal
        Check(new LinearPath(), 0.01, 1);
        Check(new VarianceExplodingPath(), 80, 0);

        void Check(NoisePath path, double from, double to)
        {
            var start = path.At(from);
            double deviation = Math.Sqrt(start.Alpha * start.Alpha / 16 + start.Sigma * start.Sigma);
            var result = solver.Solve(
                new ProbabilityFlow(new TwoGaussians(), path), normal * deviation - start.Alpha, label, from, to,
                TestContext.Current.CancellationToken);
            Assert.Equal(OdeOutcome.Done, result.Outcome);
            Assert.InRange((result.State - (normal / 4 - 1)).abs().max().item<double>(), 0, 1e-7);
        }
    }
}
