using Veer.Solvers;

namespace Veer.Diffusion;

/// <summary>
/// The probability-flow ODE of any path, dx/dt = a'(t) · Clean + b'(t) · Noise (Song et al., arXiv 2011.13456): its solutions have the
/// marginals of the noising process at every time. Past its ends a path has no levels, and solvers do not ask there.
/// </summary>
public sealed class ProbabilityFlow : IVelocityField
{
    private readonly IDenoiser denoiser;
    private readonly NoisePath path;
    private readonly PredictionContext? context;

    /// <param name="denoiser">What splits x into its parts, guided or not.</param>
    /// <param name="path">The coefficients.</param>
    /// <param name="context">What predictions are asked with.</param>
    /// <exception cref="InputException">The denoiser's parts do not make up x: their sum by speeds is then no flow of its samples.</exception>
    public ProbabilityFlow(IDenoiser denoiser, NoisePath path, PredictionContext? context = null)
    {
        if (!denoiser.Info.PartsMakeUpX)
            throw new InputException("probability flow", "guidance", "one whose parts do not make up x (CFG++)", "another guidance, or a sampler that steps from level to level");
        (this.denoiser, this.path, this.context) = (denoiser, path, context);
    }

    /// <inheritdoc/>
    public bool DefinedPastEnd => false;

    /// <inheritdoc/>
    public Tensor Velocity(Tensor x, double t, Tensor label)
    {
        using var scope = NewDisposeScope();
        var (clean, noise) = denoiser.Predict(x, path.At(t), label, context);
        var (signalSpeed, noiseSpeed) = path.Derivative(t);
        return (clean * signalSpeed + noise * noiseSpeed).MoveToOuterDisposeScope();
    }
}
