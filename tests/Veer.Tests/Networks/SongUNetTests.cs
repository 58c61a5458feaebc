using TorchSharp;
using Veer.Models;
using Veer.Networks;
using Veer.Runtime;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Networks;

public sealed class SongUNetTests : IDisposable
{
    private static readonly ModelConfig Config = new()
    {
        Kind = "denoiser",
        Network = RandomSong.Shape,
        Classes = 3,
        LabelDropout = 0.1,
        SigmaData = 0.5,
    };

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly SongUNet network = RandomSong.Network();
    private readonly Tensor images = RandomUNet.Images(5);
    private readonly Tensor labels = tensor(new long[] { 0, 1, 2, 3, 1 });

    public void Dispose() => scope.Dispose();

    [Fact]
    public void An_image_goes_in_and_an_image_comes_out_whatever_it_is_beside()
    {
        var found = network.forward(images, full(5, 0.3), labels);
        Assert.Equal([5, 1, 8, 8], found.shape);
        Assert.True(found.is_contiguous());
        for (int row = 0; row < 5; row++)
        {
            var alone = network.forward(images.narrow(0, row, 1), full(1, 0.3), labels.narrow(0, row, 1));
            Near.LargestValue(found.narrow(0, row, 1), alone, 1e-5);
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(20)]
    [InlineData(24)]
    public void Every_width_that_divides_into_groups_of_four_or_more_gives_an_image_and_gradients(int channels)
    {
        var network = new SongUNet(RandomSong.Shape with { Channels = channels }, new RandomKey(1));
        network.eval();
        var x = RandomKey.From(1, "x").Normal(0, 2, [1, 8, 8]);
        foreach (var precision in (Precision[])[Precision.Float32, Precision.BFloat16])
        {
            network.Compute = precision;
            var answer = network.forward(x, zeros(2), zeros(2, ScalarType.Int64));
            Assert.Equal(x.shape, answer.shape);
            Assert.All(autograd.grad([answer.sum()], [.. network.parameters()]), gradient => Assert.True(gradient.isfinite().all().item<bool>()));
        }
    }

    [Fact]
    public void Image_noise_label_and_augmentation_all_matter()
    {
        var found = network.forward(images, full(1, 0.3), labels);
        foreach (var other in (Tensor[])
        [
            network.forward(images * 1.1, full(1, 0.3), labels),
            network.forward(images, full(1, 0.5), labels),
            network.forward(images, full(1, 0.3), (labels + 1).remainder(4)),
            network.forward(images, full(1, 0.3), labels, full([5, 9], 0.3)),
        ])
        {
            Assert.True((found - other).abs().amax(1, 2, 3).gt(1e-3).all().item<bool>());
        }
    }

    [Fact]
    public void The_null_label_is_a_row_of_zeros_and_no_augmentation_too()
    {
        var none = network.forward(images, full(1, 0.3), full_like(labels, 3)).detach();
        Assert.True(AnyTensor.Same(none, network.forward(images, full(1, 0.3), zeros(5, 4)).detach()));
        Assert.True(AnyTensor.Same(none, network.forward(images, full(1, 0.3), full_like(labels, 3), zeros(5, 9)).detach()));
    }

    [Fact]
    public void Soft_labels_that_are_one_hot_are_hard_ones_to_the_bit_and_others_lie_between()
    {
        var rows = nn.functional.one_hot(labels, 4).to(ScalarType.Float32);
        var hard = network.forward(images, full(1, 0.3), labels).detach();
        Assert.True(AnyTensor.Same(hard, network.forward(images, full(1, 0.3), rows).detach()));
        Assert.True(AnyTensor.Same(hard, network.forward(images, full(1, 0.3), rows.to(ScalarType.Float64)).detach()));
        // a class whose column is half the first's
        var halved = RandomSong.Network();
        using (no_grad()) halved.state_dict()["model.map_label.weight"].select(1, 0).mul_(0.5);
        var expected = halved.forward(images, full(1, 0.3), zeros(5, ScalarType.Int64));
        Near.LargestValue(expected, network.forward(images, full(1, 0.3), tensor(new[] { 0.5f, 0, 0, 0.5f }).expand(5, 4)), 1e-5);
    }

    [Fact]
    public void What_it_is_not_told_it_does_not_look_at_and_what_it_wants_it_must_be_told()
    {
        var untold = RandomSong.Network(RandomSong.Shape with { Classes = 0, AugmentInputs = 0 });
        Assert.True(AnyTensor.Same(
            untold.forward(images, full(1, 0.3), null).detach(), untold.forward(images, full(1, 0.3), labels, ones(5, 9)).detach()));
        Assert.Throws<ArgumentNullException>(() => network.forward(images, full(1, 0.3), null));
        Assert.Contains(
            "7 x 8", Assert.Throws<ArgumentException>(() => network.forward(zeros(1, 1, 7, 8), full(1, 0.3), labels)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void In_bfloat16_answer_and_gradients_are_float32_and_near_those_of_float32()
    {
        Tensor[] Gradients(Precision precision)
        {
            network.Compute = precision;
            var found = network.forward(images, full(1, 0.3), labels, ones(5, 9));
            return [found.detach(), .. autograd.grad([found.square().sum()], [.. network.parameters()])];
        }

        double Miss(Tensor exact, Tensor coarse) => ((exact - coarse).norm() / exact.norm()).item<float>();

        var (exact, coarse) = (Gradients(Precision.Float32), Gradients(Precision.BFloat16));
        Assert.All(coarse, gradient => Assert.Equal(ScalarType.Float32, gradient.dtype));
        Assert.InRange(Miss(exact[0], coarse[0]), 1e-4, 0.02);
        Assert.InRange(Miss(cat([.. exact.Skip(1).Select(g => g.flatten())]), cat([.. coarse.Skip(1).Select(g => g.flatten())])), 1e-4, 0.03);
    }

    [Fact]
    public void Dropout_draws_from_the_key_in_training_alone()
    {
        var still = Answer(null);
        network.train();
        Assert.True(AnyTensor.Same(Answer(1), Answer(1)));
        Assert.True((Answer(1) - Answer(2)).abs().max().item<float>() > 1e-2);
        Assert.Throws<InvalidOperationException>(() => Answer(null));
        network.eval();
        Assert.True(AnyTensor.Same(still, Answer(1)));

        Tensor Answer(ulong? key)
        {
            using var draws = key is { } number ? KeyedDropout.From(new(number)) : null;
            return network.forward(images, full(1, 0.3), labels).detach();
        }
    }

    [Fact]
    public void It_starts_near_zero_with_biases_zero_and_weights_as_wide_as_the_reference()
    {
        var first = new SongUNet(RandomSong.Shape, new(1)).state_dict();
        Assert.True(AnyTensor.Same(first, new SongUNet(RandomSong.Shape, new(1)).state_dict()));
        foreach (var (name, value) in first)
        {
            if (value.Dimensions == 1)
            {
                bool one = name.Contains("norm", StringComparison.Ordinal) && name.EndsWith("weight", StringComparison.Ordinal);
                Assert.True(value.eq(one ? 1 : 0).all().item<bool>(), name);
                continue;
            }
            if (name.EndsWith("filter", StringComparison.Ordinal)) continue;
            double gain = name.Contains("conv1", StringComparison.Ordinal) || name.Contains("proj", StringComparison.Ordinal)
                || name.Contains("aux_conv", StringComparison.Ordinal) ? 1e-5 : name.Contains("qkv", StringComparison.Ordinal) ? Math.Sqrt(0.2) : 1;
            double bound = gain * Math.Sqrt(6.0 / ((value.shape[0] + value.shape[1]) * (value.numel() / (value.shape[0] * value.shape[1]))));
            Assert.InRange(value.abs().max().item<float>(), 0.9 * bound, bound * (1 + 1e-6));
        }
        var found = new SongUNet(RandomSong.Shape with { Dropout = 0 }, new(1)).forward(images, full(1, 0.3), labels);
        Assert.InRange(found.abs().max().item<float>(), 1e-9, 1e-3);
    }

    [Fact]
    public void What_was_saved_is_loaded_to_the_bit()
    {
        using var folder = new TemporaryFolder();
        ModelFolder.Save(folder.Path, network, Config);
        var (loaded, config) = ModelFolder.Load(folder.Path, precision: Precision.BFloat16);
        Assert.Equal(Config, config);
        Assert.True(AnyTensor.Same(network.state_dict(), Assert.IsType<SongUNet>(loaded).state_dict()));
        Assert.Equal(Precision.BFloat16, ((SongUNet)loaded).Compute);
        Assert.True(Model.Load(folder.Path).Info.KnowsNullLabel);
        ModelFolder.Save(folder.Path, network, Config with { SigmaData = null });
        Refusal.Of(() => Model.Load(folder.Path), "sigma_data: found none");
        ModelFolder.Save(folder.Path, network, Config with { Classes = 5 });
        Refusal.Of(() => Model.Load(folder.Path), "song.classes: found 3, expected 5");
    }

    [Theory]
    [InlineData("\"channels\": 16", "\"channels\": 22", "Channels: a width of 22 cannot be normalised in 5 groups")]
    [InlineData("\"channels\": 16", "\"channels\": 80", "Channels: a width of 240 cannot be normalised in 32 groups")]
    [InlineData("\"channels\": 16", "\"channels\": 17", "Channels must be a multiple of 2")]
    [InlineData("\"resolution\": 8", "\"resolution\": 9", "Resolution must be a multiple of 2")]
    [InlineData("\"resolution\": 8", "\"resolution\": 16", "model.enc.16x16_conv.weight: found no such tensor")]
    [InlineData("\"augment_inputs\": 9", "\"augment_inputs\": -1", "AugmentInputs")]
    public void A_fault_in_the_configuration_is_named(string text, string replaced, string named)
    {
        using var folder = new TemporaryFolder();
        ModelFolder.Save(folder.Path, network, Config);
        string config = File.ReadAllText(folder.File("config.json"));
        Assert.Contains(text, config, StringComparison.Ordinal);
        File.WriteAllText(folder.File("config.json"), config.Replace(text, replaced, StringComparison.Ordinal));
        Refusal.Of(() => ModelFolder.Load(folder.Path), named);
    }

    [Fact]
    public void Configurations_of_other_networks_are_written_as_before()
    {
        string json = new ModelConfig { Kind = "denoiser", Classes = 2, Network = RandomUNet.Shape }.ToJson();
        Assert.DoesNotContain("song", json, StringComparison.Ordinal);
        Assert.DoesNotContain("sigma_data", json, StringComparison.Ordinal);
    }
}
