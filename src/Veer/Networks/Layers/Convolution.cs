using TorchSharp.Modules;
using static TorchSharp.torch;
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
    /// <param name="zero">Start at zero, so that the branch that it ends does nothing at first.</param>
    public Convolution(InitialWeights weights, long inputs, long outputs, long side = 3, long stride = 1, bool zero = false)
        : base(nameof(Convolution))
    {
        long fanIn = inputs * side * side;
        (this.stride, padding) = (stride, side / 2);
        weight = zero ? InitialWeights.Constant(0, outputs, inputs, side, side) : weights.Uniform(fanIn, outputs, inputs, side, side);
        bias = zero ? InitialWeights.Constant(0, outputs) : weights.Uniform(fanIn, outputs);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return functional.conv2d(x, weight.to(x.dtype), bias.to(x.dtype), [stride, stride], [padding, padding]).MoveToOuterDisposeScope();
    }
}
