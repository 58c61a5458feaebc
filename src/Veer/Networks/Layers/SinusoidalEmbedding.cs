namespace Veer.Networks.Layers;

/// <summary>Sinusoidal embedding of diffusion steps and noise levels (Vaswani et al., arXiv 1706.03762; Ho et al., arXiv 2006.11239).</summary>
internal static class SinusoidalEmbedding
{
    private const double LongestPeriod = 10_000;

    /// <summary>[cos(t·f), sin(t·f)], [B, width], of steps [B]; frequencies fall from 1 to almost 1 / 10,000 evenly in the logarithm.</summary>
    public static Tensor Compute(Tensor steps, long width)
    {
        using var scope = NewDisposeScope();
        var phase = steps.to(ScalarType.Float32).unsqueeze(1) * Frequencies(width, steps.device);
        return cat([phase.cos(), phase.sin()], 1).MoveToOuterDisposeScope();
    }

    /// <summary>[sin(t·f), cos(t·f)], [B, width], of noise labels [B]; frequencies fall from 1 to 1 / 10,000 evenly in the logarithm.</summary>
    public static Tensor ToTheEnd(Tensor labels, long width)
    {
        using var scope = NewDisposeScope();
        var phase = labels.to(ScalarType.Float32).unsqueeze(1) * Falling(width / 2, width / 2 - 1, labels.device);
        return cat([phase.sin(), phase.cos()], 1).MoveToOuterDisposeScope();
    }

    /// <summary>The frequencies f of diffusion steps, [width / 2].</summary>
    public static Tensor Frequencies(long width, Device device) => Falling(width / 2, width / 2, device);

    private static Tensor Falling(long count, long last, Device device) =>
        (arange(count, ScalarType.Float32, device) * -Math.Log(LongestPeriod) / last).exp();
}
