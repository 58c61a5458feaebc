using TorchSharp;
using Veer.Diffusion;
using Veer.Networks;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Networks;

public sealed class AdmUNetTests : IDisposable
{
    private const string Embedding = "label_emb.weight";

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly Tensor images = RandomUNet.Images(5);
    private readonly Tensor labels = tensor(new long[] { 0, 1, 2, 3, 1 });

    public void Dispose() => scope.Dispose();

    [Theory]
    [InlineData(false, true)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void An_image_goes_in_and_an_image_comes_out_whatever_it_is_beside(bool inBlocks, bool convolutional)
    {
        var shape = RandomUNet.Shape with { ResampleInBlocks = inBlocks, ConvolutionalResampling = convolutional, ChannelMultipliers = [1, 2, 2] };
        var network = RandomUNet.Network(shape);
        var found = network.forward(images, full(5, 0.3), labels);
        Assert.Equal([5, 1, 8, 8], found.shape);
        Assert.True(found.is_contiguous());
        for (int row = 0; row < 5; row++)
        {
            var alone = network.forward(images.narrow(0, row, 1), full(1, 0.3), labels.narrow(0, row, 1));
            Near.LargestValue(found.narrow(0, row, 1), alone, 1e-5);
        }
    }

    [Fact]
    public void Channels_whose_multiples_are_normalised_in_32_groups_need_be_no_multiple_of_32_themselves()
    {
        using var scope = NewDisposeScope();
        var network = RandomUNet.Drawn(new AdmUNet(RandomUNet.Shape with { Channels = 16, ChannelMultipliers = [2, 4] }, new RandomKey(1)));
        var x = RandomKey.From(1, "x").Normal(0, 2, [RandomUNet.Shape.ImageChannels, 8, 8]);
        var answer = network.forward(x, zeros(2), zeros(2, ScalarType.Int64));
        Assert.Equal(x.shape, answer.shape);
        Assert.True(answer.isfinite().all().item<bool>());
        Assert.Throws<ArgumentException>(() => new AdmUNet(RandomUNet.Shape with { Channels = 16, ChannelMultipliers = [1, 4] }, new RandomKey(1)));
    }

    [Fact]
    public void Height_and_width_may_differ_and_colours_may_become_other_channels()
    {
        var network = RandomUNet.Network(RandomUNet.Shape with { ImageChannels = 3, Outputs = 6 });
        Assert.Equal([2, 6, 4, 10], network.forward(zeros(2, 3, 4, 10), full(1, 0.3), labels.narrow(0, 0, 2)).shape);
    }

    [Fact]
    public void One_time_for_all_is_that_time_for_each()
    {
        var network = RandomUNet.Network();
        Near.LargestValue(network.forward(images, full(1, 0.3), labels), network.forward(images, full(5, 0.3), labels), 1e-5);
        var untold = RandomUNet.Network(RandomUNet.Shape with { Labels = 0 });
        Near.LargestValue(untold.forward(images, full(1, 0.3), null), untold.forward(images, full(5, 0.3), null), 1e-5);
    }

    [Fact]
    public void Image_time_and_label_all_matter()
    {
        var network = RandomUNet.Network();
        var found = network.forward(images, full(1, 0.3), labels);
        foreach (var other in (Tensor[])
        [
            network.forward(images * 1.1, full(1, 0.3), labels),
            network.forward(images, full(1, 0.4), labels),
            network.forward(images, full(1, 0.3), (labels + 1).remainder(4)),
        ])
        {
            Assert.True((found - other).abs().amax(1, 2, 3).gt(1e-3).all().item<bool>());
        }
    }

    [Fact]
    public void Time_is_embedded_in_steps()
    {
        var inSteps = RandomUNet.Network(RandomUNet.Shape with { TimeScale = 1 });
        var expected = inSteps.forward(images, full(1, 300, ScalarType.Int64), labels);
        Near.LargestValue(expected, RandomUNet.Network().forward(images, full(1, 0.3), labels), 1e-5);
    }

    [Fact]
    public void Soft_labels_that_are_one_hot_are_hard_ones_to_the_bit_and_others_are_a_mean()
    {
        var network = RandomUNet.Network();
        var rows = nn.functional.one_hot(labels, 4).to(ScalarType.Float32);
        var hard = network.forward(images, full(1, 0.3), labels).detach();
        Assert.True(AnyTensor.Same(hard, network.forward(images, full(1, 0.3), rows).detach()));
        Assert.True(AnyTensor.Same(hard, network.forward(images, full(1, 0.3), rows.to(ScalarType.Float64)).detach()));
        // a fifth class whose row is the mean of the four
        var wider = RandomUNet.Network(RandomUNet.Shape with { Labels = 5 });
        using (no_grad())
        {
            var (narrow, wide) = (network.state_dict(), wider.state_dict());
            foreach (string name in narrow.Keys.Where(name => name != Embedding)) wide[name].copy_(narrow[name]);
            wide[Embedding].copy_(cat([narrow[Embedding], narrow[Embedding].mean([0], keepdim: true)]));
        }
        var expected = wider.forward(images, full(1, 0.3), full_like(labels, 4)).detach();
        Near.LargestValue(expected, network.forward(images, full(1, 0.3), full([5, 4], 0.25)), 1e-5);
    }

    [Fact]
    public void Without_a_class_branch_no_label_is_wanted_and_with_one_it_is()
    {
        var network = RandomUNet.Network(RandomUNet.Shape with { Labels = 0 });
        Assert.True(AnyTensor.Same(
            network.forward(images, full(1, 0.3), null).detach(), network.forward(images, full(1, 0.3), labels).detach()));
        Assert.Throws<ArgumentNullException>(() => RandomUNet.Network().forward(images, full(1, 0.3), null));
    }

    [Fact]
    public void An_image_that_cannot_be_halved_and_doubled_is_refused() =>
        Assert.Contains(
            "7 x 8", Assert.Throws<ArgumentException>(() => RandomUNet.Network().forward(zeros(1, 1, 7, 8), full(1, 0.3), labels)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void It_starts_at_zero_and_its_gradient_does_not()
    {
        using var network = new AdmUNet(RandomUNet.Shape, new RandomKey(1));
        var found = network.forward(images, full(1, 0.3), labels);
        Assert.Equal(0, found.abs().max().item<float>());
        found.sum().backward();
        var gradients = network.named_parameters().ToDictionary(p => p.name, p => p.parameter.grad!.abs().max().item<float>());
        Assert.True(gradients["out.2.weight"] > 0);
        Assert.True(gradients["out.2.bias"] > 0);
    }

    [Fact]
    public void It_starts_as_the_reference_does_with_each_tensor_of_a_stream_of_its_own()
    {
        var (first, again, other) = (State(1), State(1), State(2));
        Assert.True(AnyTensor.Same(first, again));
        foreach (var (name, value) in first)
        {
            bool ends = name.Contains("out_layers.3", StringComparison.Ordinal) || name.Contains("proj_out", StringComparison.Ordinal)
                || name.StartsWith("out.2", StringComparison.Ordinal);
            bool norm = value.Dimensions == 1 && name.EndsWith("weight", StringComparison.Ordinal);
            bool normBias = name.EndsWith("bias", StringComparison.Ordinal) && first[name[..^4] + "weight"].Dimensions == 1;
            if (ends || norm || normBias)
            {
                Assert.Equal(norm ? 1 : 0, value.min().item<float>());
                Assert.Equal(norm ? 1 : 0, value.max().item<float>());
            }
            else
            {
                Assert.False(AnyTensor.Same(value, other[name]), name);
                var weight = first[name.EndsWith("bias", StringComparison.Ordinal) ? name[..^4] + "weight" : name];
                double bound = name == Embedding ? 5 : Math.Sqrt(weight.shape[0] / (double)weight.numel());
                Assert.InRange(value.abs().max().item<float>(), 0.7 * bound * (name == Embedding ? 0.4 : 1), bound);
            }
        }

        static Dictionary<string, Tensor> State(ulong key) => new AdmUNet(RandomUNet.Shape, new(key)).state_dict();
    }

    [Fact]
    public void It_is_a_denoiser_that_knows_the_null_label_and_soft_ones()
    {
        var denoiser = new DdpmDenoiser(RandomUNet.Network(), NoiseSchedule.Linear(), classes: 3, labelDropout: 0.1);
        var level = NoiseSchedule.Linear().LevelAt(500);
        var found = denoiser.Predict(images, level, labels);
        Near.LargestValue(images, level.Mix(found.Clean, found.Noise), 1e-5);
        Near.LargestValue(RandomUNet.Network().forward(images, full(1, 0.5), labels), found.Noise, 1e-5);
    }
}
