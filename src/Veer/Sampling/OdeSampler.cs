using Veer.Diffusion;
using Veer.Solvers;
using static TorchSharp.torch;

namespace Veer.Sampling;

/// <summary>
/// Samples by any ODE solver on the probability-flow ODE of a path (Song et al., arXiv 2011.13456), from one time to the next. With
/// <see cref="Dopri5"/> from 0 to 1 on the <see cref="LinearPath"/> it is how rectified flows are usually sampled.
/// </summary>
public sealed class OdeSampler : LevelSampler
{
    private readonly NoisePath path;
    private readonly IReadOnlyList<double> times;
    private readonly IOdeSolver solver;

    /// <param name="path">The denoiser's path.</param>
    /// <param name="times">Where states are kept, noisiest first: the start and the end at least.</param>
    /// <param name="solver">Carries a batch from one time to the next; null: Dopri5 with its usual tolerances.</param>
    public OdeSampler(NoisePath path, IReadOnlyList<double> times, IOdeSolver? solver = null)
        : base(times.Select(path.At), times.Count > 0 ? path.At(times[0]).Sigma : 0) => (this.path, this.times, this.solver) = (path, times, solver ?? new Dopri5());

    /// <inheritdoc/>
    private protected override Tensor Advance(
        IDenoiser denoiser, Tensor x, Tensor label, int step, Func<Tensor> fresh, CancellationToken cancellation)
    {
        var result = solver.Solve(new ProbabilityFlow(denoiser, path), x, label, times[step], times[step + 1], cancellation);
        if (result.Outcome == OdeOutcome.Done) return result.State;
        throw new SolverStoppedException("the sampling", result, times[step + 1]);
    }
}
