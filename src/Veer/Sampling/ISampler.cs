using Veer.Diffusion;
using Veer.Solvers;

namespace Veer.Sampling;

/// <summary>Draws samples from a denoiser. Nothing is recorded for gradients. A sampler keeps nothing between calls: several threads may share it.</summary>
public interface ISampler
{
    /// <summary>Draws one sample for every label.</summary>
    /// <param name="denoiser">Guided or not.</param>
    /// <param name="labels">[N] int64, each 0 to C (C: null, the unconditional sample).</param>
    /// <param name="seed">Noise is keyed by (seed, step, sample index): sample i is the same in any batch, to rounding; by an adaptive solver, whose steps serve the whole batch, to its tolerance.</param>
    /// <param name="options">Batches, device, start, progress.</param>
    /// <param name="cancellation">Asked before every step.</param>
    /// <returns>[N, shape...], the caller's; the shape is the denoiser's, or that of the options.</returns>
    /// <exception cref="ArgumentException">A label is none of the denoiser's, neither denoiser nor sampler say the process, or nobody says the shape.</exception>
    /// <exception cref="NonFiniteStateException">A sample became infinite or not a number.</exception>
    /// <exception cref="SolverStoppedException">An ODE solver did not reach the end.</exception>
    Tensor Sample(
        IDenoiser denoiser, Tensor labels, long seed, SamplingOptions? options = null, CancellationToken cancellation = default);

    /// <summary>The same samples with every state on their way.</summary>
    /// <inheritdoc cref="Sample"/>
    Trajectory SampleTrajectory(
        IDenoiser denoiser, Tensor labels, long seed, SamplingOptions? options = null, CancellationToken cancellation = default);
}
