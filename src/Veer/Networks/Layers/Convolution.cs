using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace Veer.Networks.Layers;

/// <summary>A square convolution [B, I, H, W] to [B, O, H', W'] that keeps the size, or halves it; it calculates in its input's type.</summary>
internal sealed class Convolution : Module<Tensor, Tensor>
{
    private readonly Parameter weight, bias;
    private readonly long stride, padding;

    /// <param name="weights">Draws the weights.</param>
    /// <param name="inputs">Channels I.</param>
    /// <param name="outputs">Channels O.</param>
    /// <param name="side">Height and width of the kernel; odd.</param>
    /// <param name="stride">1, or 2 to halve the size.</param>
    /// <param name="gain">Factor on the weights that are drawn.</param>
    public Convolution(InitialWeights weights, long inputs, long outputs, long side = 3, long stride = 1, double gain = 1)
        : base(nameof(Convolution))
    {
        (this.stride, padding) = (stride, side / 2);
        (weight, bias) = weights.Layer(gain, outputs, inputs, side, side);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return functional.conv2d(x, weight.to(x.dtype), bias.to(x.dtype), [stride, stride], [padding, padding]).MoveToOuterDisposeScope();
    }
}
