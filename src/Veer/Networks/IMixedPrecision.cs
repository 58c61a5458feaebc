using Veer.Runtime;

namespace Veer.Networks;

/// <summary>
/// A network with a compute dtype of its own (bfloat16): weights, their gradients and the result stay float32. The compute dtype
/// is no part of its saved configuration: a model may be trained in one and used in the other.
/// </summary>
public interface IMixedPrecision
{
    /// <summary>What the network calculates in, from the next call on; float32 at first.</summary>
    Precision Compute { get; set; }
}
