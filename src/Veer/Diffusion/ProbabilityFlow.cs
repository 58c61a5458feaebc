using static TorchSharp.torch;

namespace Veer.Diffusion;

/// <summary>
/// The probability-flow ODE of any path, dx/dt = a'(t) · Clean + b'(t) · Noise (Song et al., arXiv 2011.13456): its solutions have the
/// marginals of the noising process at every time.
/// </summary>
/// <param name="denoiser">What splits x into its parts, guided or not.</param>
/// <param name="path">The coefficients; where it is undefined past its end, solve with Dopri5's StepPastEnd off.</param>
public sealed class ProbabilityFlow(IDenoiser denoiser, NoisePath path) : IVelocityField
{
    /// <inheritdoc/>
    public Tensor Velocity(Tensor x, double t, Tensor label)
    {
        using var scope = NewDisposeScope();
        var (clean, noise) = denoiser.Predict(x, path.At(t), label);
        var (signalSpeed, noiseSpeed) = path.Derivative(t);
        return (clean * signalSpeed + noise * noiseSpeed).MoveToOuterDisposeScope();
    }
}
