namespace Veer.Networks;

/// <summary>
/// Fixed sines and cosines of the coordinates (Tancik et al., arXiv 2006.10739), without which an MLP is blind to structure much
/// finer than its data's extent. Directions are uniform; magnitudes are log-uniform from 1 to the highest frequency.
/// </summary>
internal static class FourierFeatures
{
    /// <summary>Angular frequencies [dimensions, count] in radians per unit.</summary>
    public static Tensor Frequencies(int dimensions, int count, double highest, RandomKey key)
    {
        using var scope = NewDisposeScope();
        var direction = key.Normal(0, count, [dimensions]);
        direction = direction / direction.norm(1, keepdim: true);
        var magnitude = linspace(0, Math.Log(highest), count).exp().unsqueeze(1);
        return (direction * magnitude).t().contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>sin(x·B) and cos(x·B), [B, count] each.</summary>
    public static Tensor[] Compute(Tensor x, Tensor frequencies)
    {
        using var phase = x.matmul(frequencies);
        return [phase.sin(), phase.cos()];
    }
}
