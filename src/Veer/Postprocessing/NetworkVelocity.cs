using Veer.Networks;
using Veer.Solvers;

namespace Veer.Postprocessing;

/// <summary>A network as a velocity field, in its own unit.</summary>
internal sealed class NetworkVelocity(ConditionalNetwork network) : IVelocityField
{
    /// <inheritdoc/>
    public Tensor Velocity(Tensor x, double t, Tensor label)
    {
        using var time = full(1, t, ScalarType.Float32, x.device);
        return network.forward(x, time, label);
    }
}
