using static TorchSharp.torch;

namespace Veer.Networks.Layers;

/// <summary>Sinusoidal embedding of diffusion steps (Vaswani et al., arXiv 1706.03762; Ho et al., arXiv 2006.11239).</summary>
internal static class SinusoidalEmbedding
{
    private const double LongestPeriod = 10_000;

    /// <summary>[cos(t·f), sin(t·f)], [B, width], of steps [B]; frequencies fall from 1 to almost 1 / 10,000 evenly in the logarithm.</summary>
    public static Tensor Of(Tensor steps, long width)
    {
        using var scope = NewDisposeScope();
        var frequencies = (arange(width / 2, ScalarType.Float32, steps.device) * -Math.Log(LongestPeriod) / (width / 2)).exp();
        var phase = steps.to(ScalarType.Float32).unsqueeze(1) * frequencies;
        return cat([phase.cos(), phase.sin()], 1).MoveToOuterDisposeScope();
    }
}
