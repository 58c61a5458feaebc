using TorchSharp;
using Veer.Networks;
using Veer.Runtime;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Networks;

public sealed class AdmPrecisionTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly Tensor images = RandomUNet.Images(6);
    private readonly Tensor labels = tensor(new long[] { 0, 1, 2, 3, 1, 0 });

    public void Dispose() => scope.Dispose();

    public static TheoryData<string> Shapes => ["plain", "scale-shift", "in blocks", "means", "encoder"];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void In_bfloat16_answer_and_gradients_are_float32_and_near_those_of_float32(string kind)
    {
        var shape = RandomUNet.Shape;
        ConditionalNetwork network = kind switch
        {
            "scale-shift" => RandomUNet.Network(shape with { ScaleShiftNorm = true }),
            "in blocks" => RandomUNet.Network(shape with { ResampleInBlocks = true }),
            "means" => RandomUNet.Network(shape with { ConvolutionalResampling = false }),
            "encoder" => RandomUNet.Classifier(),
            _ => RandomUNet.Network(),
        };
        var exact = Gradients(network, Precision.Float32);
        var coarse = Gradients(network, Precision.BFloat16);
        Assert.All(coarse, gradient => Assert.Equal(ScalarType.Float32, gradient.dtype));
        Assert.All(network.parameters(), weight => Assert.Equal(ScalarType.Float32, weight.dtype));
        // eight binary digits at every layer, of which there are some forty
        Assert.InRange(Miss(exact[0], coarse[0]), 1e-4, 0.02);
        Assert.InRange(Miss(cat([.. exact.Skip(1).Select(g => g.flatten())]), cat([.. coarse.Skip(1).Select(g => g.flatten())])), 1e-4, 0.03);
    }

    [Fact]
    public void It_can_be_changed_at_any_time_and_is_float32_at_first()
    {
        var network = RandomUNet.Network();
        Assert.Equal(Precision.Float32, network.Compute);
        var before = network.forward(images, full(1, 0.3), labels);
        network.Compute = Precision.BFloat16;
        Assert.True((network.forward(images, full(1, 0.3), labels) - before).abs().max().item<float>() > 1e-4);
        network.Compute = Precision.Float32;
        Near.Absolute(before, network.forward(images, full(1, 0.3), labels), 0);
    }

    /// <summary>The answer, and the gradients of its sum of squares.</summary>
    private Tensor[] Gradients(ConditionalNetwork network, Precision precision)
    {
        ((IMixedPrecision)network).Compute = precision;
        var x = images.detach().requires_grad_();
        var found = network.forward(x, full(1, 0.3), labels);
        return [found.detach(), .. autograd.grad([found.square().sum()], [x, .. network.parameters()])];
    }

    private static double Miss(Tensor exact, Tensor coarse) => ((exact - coarse).norm() / exact.norm()).item<float>();
}
