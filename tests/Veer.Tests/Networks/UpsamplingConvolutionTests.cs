using Veer.Networks.Layers;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Networks;

public sealed class UpsamplingConvolutionTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 3)]
    [InlineData(5, 8)]
    public void It_is_repeating_every_pixel_and_convolving_gradients_included(long height, long width)
    {
        using var scope = NewDisposeScope();
        var layer = new UpsamplingConvolution(new InitialWeights(new(1)), 6);
        var state = layer.state_dict();
        var x = RandomKey.From(0, "x").Normal(0, 3, [6, height, width]).requires_grad_();
        var given = RandomKey.From(0, "gradient").Normal(0, 3, [6, 2 * height, 2 * width]);
        Tensor[] inputs = [x, state["weight"], state["bias"]];
        var expected = nn.functional.conv2d(nn.functional.interpolate(x, scale_factor: [2, 2]), state["weight"], state["bias"], padding: [1, 1]);
        var found = layer.forward(x);
        Near.LargestValue(expected, found, 1e-6);
        foreach (var (one, other) in autograd.grad([expected], inputs, [given]).Zip(autograd.grad([found], inputs, [given])))
            Near.LargestValue(one, other, 2e-6);
    }
}
