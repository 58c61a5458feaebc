using Veer.Diffusion;
using static TorchSharp.torch;

namespace Veer.Tests.Sampling;

/// <summary>A velocity field from a formula, counting its evaluations.</summary>
internal sealed class Field(Func<Tensor, double, Tensor> velocity) : IVelocityField
{
    public int Evaluations { get; private set; }

    public Tensor Velocity(Tensor x, double t, Tensor label)
    {
        Evaluations++;
        return velocity(x, t);
    }
}
