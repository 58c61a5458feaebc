using Veer.Diffusion;
using Veer.Solvers;

namespace Veer.Sampling;

/// <summary>
/// Samples by any ODE solver on the probability-flow ODE of a path (Song et al., arXiv 2011.13456), from one time to the next. With
/// <see cref="Dopri5"/> from 0 to 1 on the <see cref="LinearPath"/> it is how rectified flows are usually sampled.
/// </summary>
public sealed class OdeSampler : LevelSampler
{
    /// <summary>What settings and commands know of it.</summary>
    public static SamplerKind Kind { get; } = new()
    {
        Name = "dopri5",
        Title = "The flow by an adaptive solver, in as many steps as it needs",
        Source = "arXiv 2209.03003",
        Serves = process => process is ContinuousProcess { Path: LinearPath },
        Adaptive = true,
        Make = (process, _) => new OdeSampler(((ContinuousProcess)process).Path, [0, 1]),
    };

    private readonly NoisePath path;
    private readonly IReadOnlyList<double> times;
    private readonly IOdeSolver solver;

    /// <param name="path">The denoiser's path.</param>
    /// <param name="times">Where states are kept, noisiest first: the start and the end at least.</param>
    /// <param name="solver">Carries a batch from one time to the next; null: Dopri5 with its usual tolerances.</param>
    public OdeSampler(NoisePath path, IReadOnlyList<double> times, IOdeSolver? solver = null)
        : base(times.Select(path.At), times.Count > 0 ? path.At(times[0]).Sigma : 0) => (this.path, this.times, this.solver) = (path, times, solver ?? new Dopri5());

    /// <inheritdoc/>
    protected override Tensor Advance(
        IDenoiser denoiser, Tensor x, Tensor label, NoiseLevel from, NoiseLevel to, PredictionContext context, Func<Tensor> fresh,
        CancellationToken cancellation)
    {
        double end = times[context.Step + 1];
        var result = solver.Solve(new ProbabilityFlow(denoiser, path, context), x, label, times[context.Step], end, cancellation);
        if (result.Outcome == OdeOutcome.Done) return result.State;
        throw new SolverStoppedException("the sampling", result, end, "a smaller guidance scale may help");
    }
}
