using TorchSharp;
using Veer.Data;
using Veer.Diffusion;
using Veer.Models;
using Veer.Networks;
using Veer.Runtime;
using Veer.Sampling;
using Veer.Tests.Formats;
using Veer.Tests.Networks;
using Veer.Tests.Sampling;
using Veer.Training;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Training;

[Collection(Alone.Name)]
public sealed class EdmObjectiveTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void The_loss_of_given_draws_is_that_of_the_reference()
    {
        var golden = GoldenFile.Load("edm_loss.safetensors");
        var network = new SongCase("edm_net_a").Network();
        using var quiet = no_grad();
        // a row of zeros is no class
        var labels = cat([golden["class_labels"], zeros(6, 1)], 1);
        var sigma = (golden["rnd_normal"] * 1.2 - 1.2).exp();
        Near.Absolute(ones(6), (sigma / golden["sigma"]).flatten(), 2e-6);
        var weights = sigma.flatten().data<float>().Select(one => (float)new EdmPreconditioning().LossWeight(one)).ToArray();
        Near.Absolute(ones(6), tensor(weights) / golden["weight"].flatten(), 2e-6);

        var found = EdmLoss.Compute((x, told) => network.forward(x, told, labels), new(), golden["images"], sigma, golden["noise"]);
        Near.Absolute(ones(6), found.to(ScalarType.Float64).sum([1, 2, 3]) / golden["loss_sum_f64"], 2e-5);
        for (int row = 0; row < 6; row++) Near.LargestValue(golden["loss"][row], found[row], 1e-4);
    }

    [Fact]
    public void A_network_that_answers_nothing_has_a_loss_of_about_one_at_any_level_of_noise()
    {
        // data of the deviation that the preconditioning knows: the ideal answer then has variance one
        var data = new LabeledData(RandomKey.From(1, "data").Normal(0, 400, [1, 8, 8]) * 0.5, zeros(400, ScalarType.Int64), 1);
        foreach (double mean in (double[])[-5, -1.2, 3])
        {
            var objective = new EdmObjective(new Silent(), data, 0) { LogSigmaMean = mean, LogSigmaDeviation = 0.1 };
            Assert.Equal(1, objective.Loss(new(5), 400).item<float>(), 0.05);
        }
    }

    [Fact]
    public void Labels_are_dropped_and_noise_levels_are_log_normal()
    {
        var data = new LabeledData(zeros(4, 1, 8, 8), tensor(new long[] { 0, 1, 2, 0 }), 3);
        var network = new Silent();
        new EdmObjective(network, data, 0.25).Loss(new(5), 4000);
        Assert.Equal(0.25, network.Labels!.eq(3).to(ScalarType.Float32).mean().item<float>(), 0.02);
        Assert.Equal(-1.2 / 4, network.Told!.mean().item<float>(), 0.02);
        Assert.Equal(1.2 / 4, network.Told!.std().item<float>(), 0.01);
        new EdmObjective(network, data, 0).Loss(new(5), 100);
        Assert.Equal(2, network.Labels!.max().item<long>());
    }

    [Theory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.BFloat16)]
    public void The_bits_do_not_depend_on_the_number_of_threads(Precision precision)
    {
        int before = get_num_threads();
        try
        {
            var gradients = new List<Tensor[]>();
            foreach (int threads in (int[])[1, 2, 5])
            {
                set_num_threads(threads);
                var network = RandomSong.Network();
                network.train();
                network.Compute = precision;
                var objective = new EdmObjective(network, Images(), 0.1, new());
                // three shards
                var (loss, found) = new ShardedGradient(objective, 24, shardSize: 10).At(new(3), scope);
                gradients.Add([loss, .. found.Select(gradient => gradient.contiguous())]);
            }
            Assert.All(gradients[0].Zip(gradients[1]), pair => Assert.True(AnyTensor.Same(pair.First, pair.Second)));
            Assert.All(gradients[0].Zip(gradients[2]), pair => Assert.True(AnyTensor.Same(pair.First, pair.Second)));
        }
        finally
        {
            set_num_threads(before);
        }
    }

    [Fact]
    public void A_network_that_is_not_told_of_the_augmentation_is_refused()
    {
        var untold = RandomSong.Network(RandomSong.Shape with { AugmentInputs = 0 });
        Assert.Throws<ArgumentException>(() => new EdmObjective(untold, Images(), 0.1, new()));
        Assert.Throws<ArgumentException>(() => new EdmObjective(new Silent(), Images(), 0.1, new()));
        using var folder = new TemporaryFolder();
        var options = new DenoiserOptions { Family = "edm", Song = new() { AugmentInputs = 0 }, Augmentation = new() };
        Refusal.Of(() => DenoiserTraining.Fit(Images(), options, new() { Folder = folder.Path, Seed = 1 }), "song.augment_inputs: found 0, expected 9");
        Refusal.Of(() => DenoiserTraining.Fit(Images(), new() { Family = "edm" }, new() { Folder = folder.Path, Seed = 1 }), "song: found nothing");
        Refusal.Of(() => DenoiserTraining.Fit(Images(), new() { Song = new() }, new() { Folder = folder.Path, Seed = 1 }), "song: found a UNet of EDM");
    }

    [Fact]
    public void A_trained_model_is_loaded_from_its_folder_and_makes_images_like_its_own()
    {
        using var folder = new TemporaryFolder();
        var options = new DenoiserOptions
        {
            Family = "edm",
            Song = new() { Channels = 16, ChannelMultipliers = [1], ResidualBlocks = 1, AttentionResolutions = [], Dropout = 0 },
            Augmentation = new() { Probability = 0, Mirror = false },
            Training = new() { Steps = 150, BatchSize = 32, LearningRate = 5e-3, AverageDecay = 0.9 },
        };
        var trained = DenoiserTraining.Fit(Images(), options, new() { Folder = folder.Path, Seed = 1 }, TestContext.Current.CancellationToken);
        var loaded = Assert.IsType<EdmDenoiser>(Model.Load(folder.Path));
        Assert.Equal((2, 0.1, 0.5), (loaded.Classes, loaded.LabelDropout, loaded.Preconditioning.SigmaData));
        Assert.Equal([1, 8, 8], loaded.SampleShape);
        var labels = arange(20, ScalarType.Int64).remainder(2);
        var samples = new EdmHeun(8).Draw(loaded, labels, [1, 8, 8], 1);
        Assert.True(AnyTensor.Same(samples, new EdmHeun(8).Draw(trained, labels, [1, 8, 8], 1)));
        // one class is dark, the other bright
        var means = samples.mean([1, 2, 3]);
        Assert.Equal(-0.5, means[labels == 0].mean().item<float>(), 0.15);
        Assert.Equal(0.5, means[labels == 1].mean().item<float>(), 0.15);
    }

    [Theory]
    [InlineData("8")]
    [InlineData("6 8")]
    [InlineData("9 9")]
    public void Images_that_the_network_does_not_fit_are_refused(string sides)
    {
        using var folder = new TemporaryFolder();
        long[] shape = [4, 1, .. sides.Split(' ').Select(long.Parse)];
        var data = new LabeledData(zeros(shape), zeros(4, ScalarType.Int64), 1);
        var options = new DenoiserOptions { Family = "edm", Song = new() { Channels = 16, ChannelMultipliers = [1, 2] } };
        Refusal.Of(() => DenoiserTraining.Fit(data, options, new() { Folder = folder.Path, Seed = 1 }), "song", "square images [C, H, W]");
    }

    private static LabeledData Images()
    {
        var labels = arange(40, ScalarType.Int64).remainder(2);
        var points = RandomKey.From(1, "images").Normal(0, 40, [1, 8, 8]) * 0.1 + (labels.to(ScalarType.Float32) - 0.5).reshape(-1, 1, 1, 1);
        return new(points, labels, 2);
    }

    /// <summary>Answers zero and keeps what it was told.</summary>
    private sealed class Silent() : ConditionalNetwork(nameof(Silent))
    {
        public Tensor? Labels { get; private set; }

        public Tensor? Told { get; private set; }

        public override Tensor forward(Tensor x, Tensor t, Tensor? labels)
        {
            (Labels, Told) = (labels!.clone().DetachFromDisposeScope(), t.clone().DetachFromDisposeScope());
            return zeros_like(x);
        }
    }
}
