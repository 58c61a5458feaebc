namespace Veer.Networks.Layers;

/// <summary>Scaled dot-product attention (Vaswani et al., arXiv 1706.03762), its softmax calculated in float32.</summary>
internal static class DotProductAttention
{
    /// <summary>For each query the mean of the values, weighed by the keys; all [..., pixels, channels].</summary>
    public static Tensor Compute(Tensor query, Tensor key, Tensor value)
    {
        using var scope = NewDisposeScope();
        // on both sides, so that the products stay small
        double scale = 1 / Math.Sqrt(Math.Sqrt(query.shape[^1]));
        var weight = (query * scale).matmul((key * scale).transpose(-2, -1)).softmax(-1, ScalarType.Float32);
        return weight.to(value.dtype).matmul(value).MoveToOuterDisposeScope();
    }
}
