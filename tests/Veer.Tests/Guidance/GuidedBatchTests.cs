using TorchSharp;
using Veer.Data;
using Veer.Diffusion;
using Veer.Guidance;
using Veer.Networks;
using Veer.Sampling;
using Veer.Tests.Formats;
using Veer.Tests.Sampling;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Guidance;

/// <summary>A sample is its own in any batch, whatever guides it.</summary>
public sealed class GuidedBatchTests : IDisposable
{
    private const int Classes = 3, Samples = 100, Steps = 10;

    private static readonly NoiseSchedule Schedule = NoiseSchedule.Linear();
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly RowNetwork network = new();
    private readonly DdpmDenoiser denoiser;

    public GuidedBatchTests() => denoiser = new(network, Schedule, Classes, labelDropout: 0.1);

    public static TheoryData<string> Guidances => [.. Kinds.Keys];

    private static readonly Dictionary<string, Func<GuidedBatchTests, IDenoiser>> Kinds = new()
    {
        ["none"] = own => own.denoiser,
        ["classifier-free"] = own => new ClassifierFreeGuidance(own.denoiser, 3),
        ["classifier"] = own => new ClassifierGuidance(own.denoiser, new Pull(), 2),
        ["autoguidance"] = own => new Autoguidance(own.denoiser, own.Annealed(), 2),
        ["interval"] = own => new IntervalGuidance(new ClassifierFreeGuidance(own.denoiser, 3), own.denoiser, 0.5, 20),
        ["CFG++"] = own => new CfgPlusPlus(own.denoiser, 0.5),
        ["ReCFG"] = own => new ReCfg(own.denoiser, own.Ratios(), 2),
        ["CADS"] = own => own.Annealed(),
        ["clipped CFG of CADS"] = own => new ClippedDenoiser(new ClassifierFreeGuidance(own.Annealed(), 3)),
        ["CFG++ of CADS"] = own => new CfgPlusPlus(own.Annealed(), 0.5),
        ["interval of CFG of autoguidance of CADS"] = own => new IntervalGuidance(
            new ClassifierFreeGuidance(new Autoguidance(own.Annealed(), own.denoiser, 2), 3), own.Annealed(), 0, 5),
    };

    public void Dispose()
    {
        network.Dispose();
        scope.Dispose();
    }

    [Theory]
    [MemberData(nameof(Guidances))]
    public void Samples_are_those_of_one_draw_to_the_bit_in_batches_of_any_size(string guidance)
    {
        var denoiser = Kinds[guidance](this);
        // the null label too
        var labels = arange(Samples, ScalarType.Int64).remainder(Classes + 1);
        foreach (ISampler sampler in (ISampler[])[new Ddim(Schedule, Steps), new Ddpm(Schedule, Steps)])
        {
            var whole = sampler.Draw(denoiser, labels, [2], 7);
            foreach (int size in (int[])[7, 64])
                Assert.True(AnyTensor.Same(whole, sampler.Draw(denoiser, labels, [2], 7, new() { BatchSize = size })), $"batches of {size}");
            var end = sampler.Draw(denoiser, labels.narrow(0, 60, 40), [2], 7, new() { BatchSize = 7, FirstSample = 60 });
            Assert.True(AnyTensor.Same(whole.narrow(0, 60, 40).contiguous(), end));
        }
    }

    [Theory]
    [InlineData("CADS")]
    [InlineData("clipped CFG of CADS")]
    public void Noise_of_the_labels_does_not_repeat_from_batch_to_batch(string guidance)
    {
        // all alike but for the labels' noise
        var options = new SamplingOptions { Start = zeros(20, 2), BatchSize = 5 };
        var samples = new Ddim(Schedule, Steps).Draw(Kinds[guidance](this), zeros(20, ScalarType.Int64), [2], 7, options);
        Assert.Equal(20, samples.data<float>().Chunk(2).Select(sample => (sample[0], sample[1])).Distinct().Count());
    }

    [Fact]
    public void Rows_that_are_no_whole_copies_of_the_samples_are_refused()
    {
        using var context = new PredictionContext(10, 4);
        Assert.Equal((1, 2), (context.Copies(4), context.Copies(8)));
        Assert.Throws<InvalidOperationException>(() => context.Copies(6));
        Assert.Throws<InvalidOperationException>(() => Annealed().Predict(zeros(6, 2), Schedule.LevelAt(Schedule.Steps - 1), zeros(6, ScalarType.Int64), context));
    }

    private Cads Annealed() => new(denoiser, Schedule, 5, new() { AnnealingNoise = 0.3, AnnealingStart = 0.3 });

    private ExpectationRatios Ratios()
    {
        LabeledData data = new(RandomKey.From(3, "data").Normal(0, 60, [2]), arange(60, ScalarType.Int64).remainder(Classes), Classes);
        return ExpectationRatios.Fit(
            denoiser, new Ddim(Schedule, Steps).Levels, data, RandomKey.From(0, "fit"), cancellation: TestContext.Current.CancellationToken);
    }

    /// <summary>A direction for every class, number by number: a matrix product's rounding may depend on the rows of a batch.</summary>
    private sealed class RowNetwork() : ConditionalNetwork(nameof(RowNetwork))
    {
        public override Tensor forward(Tensor x, Tensor t, Tensor? label)
        {
            var weights = label!.is_floating_point() ? label : nn.functional.one_hot(label, Classes + 1).to(x.dtype);
            var noise = x * 0.5;
            for (int c = 0; c <= Classes; c++) noise.add_(weights.narrow(1, c, 1) * tensor(new[] { MathF.Sin(c), MathF.Cos(2 * c) }));
            return noise;
        }
    }

    /// <summary>The slope of a classifier that draws every class to a place of its own.</summary>
    private sealed class Pull : INoisyClassifier
    {
        public int Classes => GuidedBatchTests.Classes;

        public Tensor LogProbability(Tensor x, NoiseLevel level) => throw new NotSupportedException();

        public Tensor LogProbabilityGradient(Tensor x, NoiseLevel level, Tensor label) => (label.unsqueeze(1) - 1).to(x.dtype) - x;
    }
}
