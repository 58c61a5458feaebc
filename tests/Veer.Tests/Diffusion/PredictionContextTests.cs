using Veer.ClosedForm;
using Veer.Diffusion;
using Veer.Guidance;
using Veer.Sampling;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Diffusion;

/// <summary>What a denoiser knows and a context carries reaches through every decorator, so that nobody needs to be told twice.</summary>
public sealed class PredictionContextTests
{
    [Fact]
    public void Samplers_take_shape_and_levels_from_the_denoiser()
    {
        using var scope = NewDisposeScope();
        using var mixture = Fractal.Mixture();
        IDenoiser guided = new ClassifierFreeGuidance(new MixtureDenoiser(mixture), scale: 3);
        var labels = tensor(new long[] { 0, 1, 0 });

        var samples = new Ddim(50).Sample(guided, labels, seed: 7);

        Assert.Equal([3, 2], samples.shape);
        Assert.True(samples.equal(new Ddim(NoiseSchedule.Linear(), 50).Sample(guided, labels, seed: 7)).all().item<bool>());
        var exploding = new ContinuousProcess(new VarianceExplodingPath());
        Assert.Equal(exploding.Levels(5), new Ddpm(5).LevelsFor(new MixtureDenoiser(mixture, exploding).Info));
    }

    [Fact]
    public void A_denoiser_that_knows_nothing_needs_the_sampler_to_be_told()
    {
        var labels = zeros(2, ScalarType.Int64);
        Assert.Contains("process", Assert.Throws<ArgumentException>(() => new Ddim(3).Sample(new Silent(), labels, 0)).Message, StringComparison.Ordinal);
        var sampler = new Ddim(NoiseSchedule.Linear(), 3);
        Assert.Contains("shape", Assert.Throws<ArgumentException>(() => sampler.Sample(new Silent(), labels, 0)).Message, StringComparison.Ordinal);
        Assert.Equal([2, 4], sampler.Sample(new Silent(), labels, 0, new() { Shape = [4] }).shape);
    }

    [Fact]
    public void What_a_guidance_keeps_lives_for_one_run_and_reaches_through_its_decorators()
    {
        using var scope = NewDisposeScope();
        var counting = new Counting();
        IDenoiser nested = new ClippedDenoiser(new ClassifierFreeGuidance(new IntervalGuidance(counting, counting, 0, 1), 2), limit: 1e9);
        var options = new SamplingOptions { BatchSize = 2, FirstSample = 10 };

        new Ddim(NoiseSchedule.Linear(), 4).Sample(nested, zeros(3, ScalarType.Int64), 0, options);

        // two batches of four steps: the counts begin anew, and the unconditional half is of the same samples
        Assert.Equal(["10+2 step 0 of 4: 1", "10+2 step 1 of 4: 2", "10+2 step 2 of 4: 3", "10+2 step 3 of 4: 4",
            "12+1 step 0 of 4: 1", "12+1 step 1 of 4: 2", "12+1 step 2 of 4: 3", "12+1 step 3 of 4: 4"], counting.Told);
        Assert.Equal(2, counting.Freed);
    }

    private sealed class Silent : IDenoiser
    {
        public Prediction Predict(Tensor x, NoiseLevel level, Tensor label, PredictionContext? context = null) => new(x.clone(), x.clone());
    }

    private sealed class Counting : IDenoiser
    {
        public List<string> Told { get; } = [];

        public int Freed { get; set; }

        public DenoiserInfo Info { get; } = new() { KnowsNullLabel = true, SampleShape = [2] };

        public Prediction Predict(Tensor x, NoiseLevel level, Tensor label, PredictionContext? context = null)
        {
            var count = context!.State<Count>(this);
            count.Owner = this;
            Assert.Equal(2, context.Copies(x.shape[0]));
            Told.Add($"{context.FirstSample}+{context.Samples} step {context.Step} of {context.Steps}: {++count.Calls}");
            return new(x * 0.5, x * 0.5);
        }

        private sealed class Count : IDisposable
        {
            public Counting? Owner { get; set; }

            public int Calls { get; set; }

            public void Dispose() => Owner!.Freed++;
        }
    }
}
