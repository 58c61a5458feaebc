using TorchSharp.Modules;

namespace Veer.Networks.Layers;

/// <summary>Weights uniform in ±gain · sqrt(6 / (fan in + fan out)) (Glorot and Bengio, 2010), biases zero.</summary>
internal sealed class XavierWeights(RandomKey key) : InitialWeights(key)
{
    public override (Parameter Weight, Parameter Bias) Layer(double gain, params ReadOnlySpan<long> shape)
    {
        long fans = (shape[0] + shape[1]) * Product(shape[2..]);
        return (Uniform(gain * Math.Sqrt(6.0 / fans), shape), Constant(0, shape[0]));
    }
}
