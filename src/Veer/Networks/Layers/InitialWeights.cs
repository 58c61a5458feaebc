using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Veer.Networks.Layers;

/// <summary>Draws the weights that a network starts with, as torch's own layers do, but keyed: each tensor has a stream of its own.</summary>
internal sealed class InitialWeights(RandomKey key)
{
    private long drawn;

    /// <summary>Uniform in ±1/sqrt(fan in).</summary>
    public Parameter Uniform(long fanIn, params ReadOnlySpan<long> shape)
    {
        double bound = 1 / Math.Sqrt(fanIn);
        return Drawn(shape, (weight, generator) => weight.uniform_(-bound, bound, generator));
    }

    /// <summary>Standard normal.</summary>
    public Parameter Normal(params ReadOnlySpan<long> shape) => Drawn(shape, (weight, generator) => weight.normal_(0, 1, generator));

    /// <summary>All of one value.</summary>
    public static Parameter Constant(double value, params ReadOnlySpan<long> shape) => new(full(shape.ToArray(), value, ScalarType.Float32));

    private Parameter Drawn(ReadOnlySpan<long> shape, Func<Tensor, Generator, Tensor> draw)
    {
        using var generator = key.At(drawn++).Generator();
        return new(draw(empty(shape.ToArray(), ScalarType.Float32), generator));
    }
}
