using Veer.Networks;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Networks;

public sealed class ResidualMlpTests
{
    private static readonly Tensor Points = RandomKey.From(0, "points").Normal(0, 6, [3]);
    private static readonly Tensor Classes = tensor(new long[] { 0, 1, 2, 3, 0, 1 });

    [Theory]
    [InlineData(5)]
    [InlineData(0)]
    public void A_row_goes_in_and_a_row_of_the_same_length_comes_out(int fourierFeatures)
    {
        var network = RandomWeights.Network(RandomWeights.Shape with { FourierFeatures = fourierFeatures });
        var found = network.forward(Points, full(6, 0.3), Classes);
        Assert.Equal([6, 3], found.shape);
        for (int row = 0; row < 6; row++)
        {
            var alone = network.forward(Points.narrow(0, row, 1), full(1, 0.3), Classes.narrow(0, row, 1));
            Near.Absolute(found.narrow(0, row, 1), alone, 1e-5);
        }
    }

    [Fact]
    public void One_time_for_all_is_that_time_for_each()
    {
        var network = RandomWeights.Network();
        Assert.True(AnyTensor.Same(network.forward(Points, full(1, 0.3), Classes), network.forward(Points, full(6, 0.3), Classes)));
    }

    [Fact]
    public void Point_time_and_label_all_matter()
    {
        var network = RandomWeights.Network();
        var found = network.forward(Points, full(1, 0.3), Classes);
        foreach (var other in (Tensor[])
        [
            network.forward(Points + 0.1, full(1, 0.3), Classes),
            network.forward(Points, full(1, 0.4), Classes),
            network.forward(Points, full(1, 0.3), (Classes + 1).remainder(4)),
        ])
        {
            Assert.True((found - other).abs().amin(1).gt(1e-4).all().item<bool>());
        }
    }

    [Fact]
    public void Soft_labels_that_are_one_hot_are_hard_ones_to_the_bit_and_others_are_not()
    {
        var network = RandomWeights.Network();
        var rows = nn.functional.one_hot(Classes, 4).to(ScalarType.Float32);
        var hard = network.forward(Points, full(1, 0.3), Classes).detach();
        Assert.True(AnyTensor.Same(hard, network.forward(Points, full(1, 0.3), rows).detach()));
        Assert.True(AnyTensor.Same(hard, network.forward(Points, full(1, 0.3), rows.to(ScalarType.Float64)).detach()));
        var soft = network.forward(Points, full(1, 0.3), full([6, 4], 0.25)).detach();
        Assert.True((soft - hard).abs().amin(1).gt(1e-4).all().item<bool>());
    }

    [Fact]
    public void Without_a_class_branch_no_label_is_wanted_and_it_gives_as_many_numbers_as_it_is_told_to()
    {
        var network = RandomWeights.Network(RandomWeights.Shape with { Labels = 0, Outputs = 7 });
        var found = network.forward(Points, full(1, 0.3), null);
        Assert.Equal([6, 7], found.shape);
        Assert.True(AnyTensor.Same(found.detach(), network.forward(Points, full(1, 0.3), Classes).detach()));
        Assert.Throws<ArgumentNullException>(() => RandomWeights.Network().forward(Points, full(1, 0.3), null));
    }

    [Fact]
    public void It_starts_at_zero_and_its_gradient_does_not()
    {
        var network = new ResidualMlp(RandomWeights.Shape, new RandomKey(1));
        var found = network.forward(Points, full(1, 0.3), Classes);
        Assert.Equal(0, found.abs().max().item<float>());
        found.sum().backward();
        var gradients = network.named_parameters().ToDictionary(p => p.name, p => p.parameter.grad!.abs().max().item<float>());
        Assert.True(gradients["head.weight"] > 0);
        Assert.True(gradients["head.bias"] > 0);
    }

    [Fact]
    public void Equal_keys_give_equal_weights_and_others_do_not()
    {
        var (first, again, other) = (State(1), State(1), State(2));
        Assert.True(AnyTensor.Same(first, again));
        foreach (string name in (string[])["input.weight", "blocks.0.weight", "blocks.1.weight", "fourierFrequencies"])
            Assert.False(AnyTensor.Same(first[name], other[name]), name);
        Assert.False(AnyTensor.Same(first["blocks.0.weight"], first["blocks.1.weight"]));

        static Dictionary<string, Tensor> State(ulong key) => new ResidualMlp(RandomWeights.Shape, new(key)).state_dict();
    }

    [Fact]
    public void Fourier_frequencies_run_from_one_to_the_highest()
    {
        var shape = RandomWeights.Shape with { FourierFeatures = 20, FourierFrequency = 50 };
        var frequencies = new ResidualMlp(shape, new(1)).state_dict()["fourierFrequencies"];
        var lengths = frequencies.norm(0);
        Assert.Equal([3, 20], frequencies.shape);
        Assert.Equal(1, lengths.min().item<float>(), 1e-5);
        Assert.Equal(50, lengths.max().item<float>(), 1e-3);
    }
}
