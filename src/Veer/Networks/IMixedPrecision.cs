using Veer.Runtime;

namespace Veer.Networks;

/// <summary>
/// A network that can calculate in fewer digits than its weights have: weights, their gradients and the result stay float32. How it
/// calculates is no part of its saved configuration: a model may be trained in one way and used in the other.
/// </summary>
public interface IMixedPrecision
{
    /// <summary>What the network calculates in, from the next call on; float32 at first.</summary>
    Precision Compute { get; set; }
}
