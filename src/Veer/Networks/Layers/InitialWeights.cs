using TorchSharp.Modules;

namespace Veer.Networks.Layers;

/// <summary>Draws the weights that a network starts with, as torch's own layers do, but keyed: each tensor has a stream of its own.</summary>
internal class InitialWeights(RandomKey key)
{
    private long drawn;

    /// <summary>A linear or convolutional layer's weight [O, I, ...] and bias [O], both uniform in ±gain/sqrt(fan in).</summary>
    /// <param name="gain">0: both are zero, so that the branch that the layer ends does nothing at first.</param>
    /// <param name="shape">Of the weight.</param>
    public virtual (Parameter Weight, Parameter Bias) Layer(double gain, params ReadOnlySpan<long> shape)
    {
        if (gain == 0) return (Constant(0, shape), Constant(0, shape[0]));
        double bound = gain / Math.Sqrt(Product(shape[1..]));
        return (Uniform(bound, shape), Uniform(bound, shape[0]));
    }

    /// <summary>Standard normal.</summary>
    public Parameter Normal(params ReadOnlySpan<long> shape) => Drawn(shape, (weight, generator) => weight.normal_(0, 1, generator));

    /// <summary>All of one value.</summary>
    public static Parameter Constant(double value, params ReadOnlySpan<long> shape) => new(full(shape.ToArray(), value, ScalarType.Float32));

    /// <summary>Uniform in ±bound.</summary>
    private protected Parameter Uniform(double bound, params ReadOnlySpan<long> shape) =>
        Drawn(shape, (weight, generator) => weight.uniform_(-bound, bound, generator));

    private protected static long Product(ReadOnlySpan<long> shape)
    {
        long product = 1;
        foreach (long side in shape) product *= side;
        return product;
    }

    private Parameter Drawn(ReadOnlySpan<long> shape, Func<Tensor, Generator, Tensor> draw)
    {
        using var generator = key.At(drawn++).Generator();
        return new(draw(empty(shape.ToArray(), ScalarType.Float32), generator));
    }
}
