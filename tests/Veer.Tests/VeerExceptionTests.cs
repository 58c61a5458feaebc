using Veer.Diffusion;
using Veer.Sampling;
using Veer.Solvers;
using Veer.Tests.Sampling;
using Veer.Training;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests;

public sealed class VeerExceptionTests
{
    [Fact]
    public void Every_fault_that_the_library_names_is_of_one_family()
    {
        var own = typeof(VeerException).Assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(Exception))).ToList();
        Assert.Equal(6, own.Count);
        Assert.All(own, type => Assert.True(type.IsAssignableTo(typeof(VeerException)), type.Name));
    }

    [Fact]
    public void Each_tells_one_line()
    {
        VeerException[] faults =
        [
            new InputException("a.yaml", "steps", "2\r\n3", "a number"),
            new NonFiniteStateException(3, 4, 10, new NoiseLevel(0.25, 0.75)),
            new SolverStoppedException("the flow", new(empty(0), 0.5, OdeOutcome.NonFinite, 2, 1, 1), 1),
            new TrainingDivergedException(7, 5, "runs/a\nb"),
        ];
        Assert.All(faults, fault => Assert.DoesNotContain('\n', fault.Message));
    }

    [Fact]
    public void A_scale_too_high_ends_in_it_whatever_the_sampler()
    {
        var schedule = NoiseSchedule.Linear();
        var wild = new Wild();
        ISampler[] samplers = [new Ddim(schedule, 5), new Ddpm(schedule, 5), new EdmHeun(5), new OdeSampler(new LinearPath(), [0, 1])];
        Assert.All(samplers, sampler =>
            Assert.IsAssignableFrom<VeerException>(Record.Exception(() => sampler.Draw(wild, zeros(2, ScalarType.Int64), [1], seed: 1))));
    }

    private sealed class Wild : IDenoiser
    {
        public DenoiserInfo Info => new() { Classes = 1, KnowsNullLabel = true };

        public Prediction Predict(Tensor x, NoiseLevel level, Tensor label, PredictionContext? context = null) => new(x * double.PositiveInfinity, x);
    }
}
