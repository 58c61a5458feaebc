namespace Veer.Runtime;

/// <summary>The compute dtype of networks. Weights and results stay float32.</summary>
public enum Precision
{
    /// <summary>float32: 24 bits of mantissa.</summary>
    Float32,

    /// <summary>bfloat16: 8 bits of mantissa; for image networks, too coarse for coordinates that differ by a hundredth.</summary>
    BFloat16,
}
