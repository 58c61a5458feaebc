using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace Veer.Networks.Layers;

/// <summary>A linear layer [..., I] to [..., O] that calculates in its input's type.</summary>
internal sealed class Projection : Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly Parameter? bias;

    /// <param name="weights">Draws the weights.</param>
    /// <param name="inputs">I.</param>
    /// <param name="outputs">O.</param>
    /// <param name="pointwise">Keep the weight as that of a convolution over one pixel, [O, I, 1].</param>
    /// <param name="gain">Factor on the weights that are drawn.</param>
    /// <param name="biased">Whether there is a bias.</param>
    public Projection(InitialWeights weights, long inputs, long outputs, bool pointwise = false, double gain = 1, bool biased = true)
        : base(nameof(Projection))
    {
        (weight, var drawn) = weights.Layer(gain, pointwise ? [outputs, inputs, 1] : [outputs, inputs]);
        if (biased) bias = drawn;
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return functional.linear(x, weight.flatten(1).to(x.dtype), bias?.to(x.dtype)).MoveToOuterDisposeScope();
    }
}
