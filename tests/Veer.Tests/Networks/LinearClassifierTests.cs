using Veer.Networks;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Networks;

public sealed class LinearClassifierTests
{
    private static readonly Tensor Points = RandomKey.From(0, "points").Normal(0, 6, [2, 3]);

    [Fact]
    public void It_is_one_linear_layer_on_the_flattened_sample_and_its_time()
    {
        var network = new LinearClassifier(new() { Dimensions = 6, Outputs = 4 });
        Assert.Equal(0, network.forward(Points, full(1, 0.3), null).abs().max().item<float>());
        var state = network.state_dict();
        Assert.Equal([4, 7], state["layer.weight"].shape);
        using (no_grad())
        {
            state["layer.weight"].copy_(RandomKey.From(0, "weight").Normal(0, 4, [7]));
            state["layer.bias"].copy_(tensor(new float[] { 1, 2, 3, 4 }));
        }
        var expected = cat([Points.reshape(6, 6), full([6, 1], 0.3)], 1).matmul(state["layer.weight"].t()) + state["layer.bias"];
        Near.Absolute(expected, network.forward(Points, full(1, 0.3), null), 1e-6);
        Assert.True(AnyTensor.Same(
            network.forward(Points, full(1, 0.3), null).detach(), network.forward(Points, full(6, 0.3), null).detach()));
    }
}
