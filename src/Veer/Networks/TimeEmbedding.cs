namespace Veer.Networks;

/// <summary>Sinusoidal embedding of a time in [0, 1] (Vaswani et al., arXiv 1706.03762, with frequencies for the unit interval).</summary>
internal static class TimeEmbedding
{
    private const double LowestFrequency = 1;
    private const double HighestFrequency = 300;

    /// <summary>Angular frequencies [count], evenly spaced in the logarithm.</summary>
    public static Tensor Frequencies(int count) =>
        linspace(Math.Log(LowestFrequency), Math.Log(HighestFrequency), count).exp();

    /// <summary>sin(t·f) and cos(t·f) of times [B], [B, count] each.</summary>
    public static Tensor[] Compute(Tensor time, Tensor frequencies)
    {
        using var column = time.unsqueeze(1);
        using var phase = column * frequencies;
        return [phase.sin(), phase.cos()];
    }
}
