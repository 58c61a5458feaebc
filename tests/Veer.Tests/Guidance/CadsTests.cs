using TorchSharp;
using Veer.Diffusion;
using Veer.Guidance;
using Veer.Networks;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Guidance;

public sealed class CadsTests : IDisposable
{
    private const int Classes = 3;
    private static readonly NoiseSchedule Schedule = NoiseSchedule.Linear();
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly LabelNetwork network = new();
    private readonly DdpmDenoiser denoiser;

    public CadsTests() => denoiser = new(network, Schedule, Classes, labelDropout: 0.1);

    public void Dispose()
    {
        network.Dispose();
        scope.Dispose();
    }

    [Fact]
    public void Until_tau1_and_without_noise_it_is_the_plain_model_to_the_bit()
    {
        var (x, label) = (Points(8), Labels(8));
        Check(new(), 0, 300, 600);
        Check(new() { AnnealingNoise = 0 }, 0, 601, 999);

        void Check(CadsOptions options, params int[] timesteps)
        {
            foreach (var level in timesteps.Select(Schedule.LevelAt))
            {
                var annealed = new Cads(denoiser, Schedule, 5, options);
                Blobs.Same(denoiser.Predict(x, level, label), annealed.Predict(x, level, label));
                Assert.Equal(ScalarType.Int64, network.Label.dtype);
            }
        }
    }

    [Theory]
    [InlineData(750, 0.5)] // half of the way from 0.6 to 0.9
    [InlineData(870, 0.1)]
    [InlineData(900, 0)]
    [InlineData(999, 0)]
    public void The_noised_label_has_the_mean_and_deviation_of_the_formula(int timestep, double gamma)
    {
        const long count = 20_000;
        var options = new CadsOptions { AnnealingNoise = 0.3, MixingFactor = 0 };
        var weights = Asked(options, timestep, full(count, 1, ScalarType.Int64)).to(ScalarType.Float64);
        double deviation = 0.3 * Math.Sqrt(1 - gamma);
        var expected = tensor(new[] { 0, Math.Sqrt(gamma), 0, 0 });
        Near.Absolute(expected, weights.mean([0]), 5 * deviation / Math.Sqrt(count));
        Near.Absolute(eye(4) * deviation * deviation, weights.T.cov(), 5 * deviation * deviation * Math.Sqrt(2.0 / count));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.4)]
    [InlineData(1)]
    public void The_rescaled_share_has_the_mean_and_deviation_that_each_label_had(double mixing)
    {
        var options = new CadsOptions { AnnealingNoise = 2, MixingFactor = mixing };
        var plain = Asked(options with { MixingFactor = 0 }, 800, Labels(50));
        var weights = Asked(options, 800, Labels(50));
        var rescaled = (plain - plain.mean([1], true)) / plain.std(1, false, true) * Math.Sqrt(3.0 / 16) + 0.25;
        Near.Absolute(mixing * rescaled + (1 - mixing) * plain, weights, 1e-5);
    }

    [Fact]
    public void Noise_depends_on_seed_timestep_and_row_alone()
    {
        var first = Asked(new(), 800, Labels(40));
        Assert.True(AnyTensor.Same(first, Asked(new(), 800, Labels(40))));
        Assert.True(AnyTensor.Same(first.narrow(0, 0, 10).contiguous(), Asked(new(), 800, Labels(10))));
        Assert.False(first.eq(Asked(new(), 801, Labels(40))).any().item<bool>());
        Assert.False(first.eq(Asked(new(), 800, Labels(40), seed: 6)).any().item<bool>());
        Assert.False(first[0].eq(first[3]).any().item<bool>());
    }

    [Fact]
    public void Guidance_around_it_asks_for_the_null_label_without_noise_and_the_classes_with_their_own()
    {
        var (x, label, level) = (Points(8), Labels(8), Schedule.LevelAt(800));
        var annealed = new Cads(denoiser, Schedule, 5);
        annealed.Predict(x, level, label);
        var alone = network.Label;
        var found = new ClassifierFreeGuidance(annealed, 3).Predict(x, level, label);
        var null_ = tensor(new[] { 0f, 0, 0, 1 }).expand(8, 4).contiguous();
        Assert.True(AnyTensor.Same(null_, network.Label.narrow(0, 0, 8).contiguous()));
        Assert.True(AnyTensor.Same(alone, network.Label.narrow(0, 8, 8).contiguous()));
        var (none, own) = (denoiser.Predict(x, level, null_).Noise, denoiser.Predict(x, level, alone).Noise);
        Near.LargestValue(none + 3 * (own - none), found.Noise, 1e-6);
    }

    [Fact]
    public void A_network_that_never_saw_the_null_label_is_not_asked_with_any_of_it()
    {
        var untaught = new DdpmDenoiser(network, Schedule, Classes, labelDropout: 0);
        new Cads(untaught, Schedule, 5).Predict(Points(8), Schedule.LevelAt(800), Labels(8));
        Assert.Equal([8, 4], network.Label.shape);
        Assert.True(network.Label[.., 3].eq(0).all().item<bool>());
        // rescaled among the three classes
        Near.Absolute(full(8, 1 / 3.0), network.Label[.., ..3].mean([1]), 1e-6);
        Near.Absolute(full(8, Math.Sqrt(2) / 3), network.Label[.., ..3].std(1, false), 1e-6);
    }

    [Fact]
    public void Guidance_by_a_guide_of_the_same_seed_gives_both_the_same_labels()
    {
        var (x, label, level) = (Points(8), Labels(8), Schedule.LevelAt(800));
        using var other = new LabelNetwork();
        var guide = new Cads(new DdpmDenoiser(other, Schedule, Classes, 0.1), Schedule, 5);
        new Autoguidance(new Cads(denoiser, Schedule, 5), guide, 2).Predict(x, level, label);
        Assert.True(AnyTensor.Same(network.Label, other.Label));
    }

    [Fact]
    public void What_it_cannot_work_with_is_refused()
    {
        Refusal.Of(() => _ = new Cads(Blobs.Denoiser(), Schedule, 0), "CADS", "no soft labels");
        Refusal.Of(() => _ = new Cads(new ClassifierFreeGuidance(denoiser, 2), Schedule, 0), "CADS", "no soft labels");
        var single = new DdpmDenoiser(network, Schedule, 1, labelDropout: 0);
        Refusal.Of(() => _ = new Cads(single, Schedule, 0), "CADS", "a single label");
        foreach (double scale in (double[])[-1, double.NaN, double.PositiveInfinity]) Validate(new() { AnnealingNoise = scale }, "noise scale");
        foreach (double share in (double[])[-0.1, 1.1, double.NaN]) Validate(new() { MixingFactor = share }, "mixing factor");
        Validate(new() { AnnealingStart = 0.8, AnnealingEnd = 0.7 }, "0.8 to 0.7");
        Validate(new() { AnnealingStart = -0.1 }, "times");
        Validate(new() { AnnealingEnd = 1.1 }, "times");
        Assert.Throws<ArgumentException>(() => new Cads(denoiser, Schedule.Respace(50), 0));

        void Validate(CadsOptions options, string part) =>
            Refusal.Of(() => _ = new Cads(denoiser, Schedule, 0, options), "CADS", part);
    }

    /// <summary>The weights that the network is asked with, [B, C + 1].</summary>
    private Tensor Asked(CadsOptions options, int timestep, Tensor label, long seed = 5)
    {
        new Cads(denoiser, Schedule, seed, options).Predict(Points(label.shape[0]), Schedule.LevelAt(timestep), label);
        return network.Label;
    }

    private static Tensor Points(long count) => RandomKey.From(0, "x").Normal(0, count, [2]);

    private static Tensor Labels(long count) => arange(count, ScalarType.Int64).remainder(Classes);

    /// <summary>Predicts a fixed direction for every class, in the shares of the label's weights; remembers the label.</summary>
    private sealed class LabelNetwork() : ConditionalNetwork(nameof(LabelNetwork))
    {
        public Tensor Label { get; private set; } = empty(0);

        public override Tensor forward(Tensor x, Tensor t, Tensor? label)
        {
            Label = label!.clone().DetachFromDisposeScope();
            var weights = label.is_floating_point() ? label : nn.functional.one_hot(label, Classes + 1).to(x.dtype);
            return x * 0.5 + weights.matmul(arange(2 * (Classes + 1), ScalarType.Float32).reshape(Classes + 1, 2).sin());
        }
    }
}
