using Veer.Diffusion;

namespace Veer.Sampling;

/// <summary>
/// DPM-Solver++ of second order, multistep (2M; Lu et al., arXiv 2211.01095, algorithm 2): one prediction a step, as <see cref="Ddim"/>, corrected by how the
/// clean sample moved since the step before. Error falls with the square of the steps, so that a fraction of DDIM's do.
/// </summary>
/// <remarks>
/// In lambda = log(alpha / sigma), with h the step's length and r that of the one before over it, the clean sample is extrapolated by (Clean - before) / (2 r). The first
/// step, one to no noise at all (h is infinite), and on a path that starts at noise alone the second (r is infinite) are DDIM's. Of a discrete process it takes steps of even length in lambda (<see cref="NoisingProcess.LogLevels"/>):
/// the extrapolation goes astray where a step is much longer than the one before. As DDIM it steps to a_s · Clean + b_s · Noise, so that it serves guidances whose parts do not make up x.
/// </remarks>
public sealed class DpmSolver : LevelSampler
{
    /// <summary>What settings and commands know of it.</summary>
    public static SamplerKind Kind { get; } = new()
    {
        Name = "dpm-solver",
        Title = "DPM-Solver++ 2M, deterministic, of second order",
        Source = "arXiv 2211.01095",
        Serves = _ => true,
        Make = (process, steps) => new DpmSolver(process, steps),
    };

    /// <param name="steps">Steps of the process of whatever denoiser it is given.</param>
    public DpmSolver(int steps)
        : base(steps, Stops)
    {
    }

    /// <param name="process">The process to sample, whatever the denoiser's own is.</param>
    /// <param name="steps">Its steps.</param>
    public DpmSolver(NoisingProcess process, int steps)
        : base(process, steps, Stops)
    {
    }

    /// <param name="levels">Levels of any path, noisiest first, ending where the samples shall be. Starts at sigma · N(0, I), as EDM and rectified flows do.</param>
    public DpmSolver(IReadOnlyList<NoiseLevel> levels)
        : base(levels, levels.Count > 0 ? levels[0].Sigma : 0)
    {
    }

    private static IReadOnlyList<NoiseLevel> Stops(NoisingProcess process, int steps) => process.LogLevels(steps);

    /// <inheritdoc/>
    protected override Tensor Advance(
        IDenoiser denoiser, Tensor x, Tensor label, NoiseLevel from, NoiseLevel to, PredictionContext context, Func<Tensor> fresh,
        CancellationToken cancellation)
    {
        var prediction = denoiser.Predict(x, from, label, context);
        var kept = context.State<Kept>(this);
        var next = (prediction.Clean * to.Alpha).add_(prediction.Noise, alpha: to.Sigma);
        double length = to.LogRatio - from.LogRatio;
        if (kept.Clean is { } before && double.IsFinite(kept.Length) && double.IsFinite(length))
            next.add_(prediction.Clean - before, alpha: -to.Alpha * double.ExpM1(-length) * length / (2 * kept.Length));
        kept.Keep(prediction.Clean, length);
        return next;
    }

    /// <summary>The step before, in one run.</summary>
    private sealed class Kept : IDisposable
    {
        /// <summary>The clean sample that it predicted; null before the first.</summary>
        public Tensor? Clean { get; private set; }

        /// <summary>Its length in lambda.</summary>
        public double Length { get; private set; }

        public void Keep(Tensor clean, double length)
        {
            Dispose();
            (Clean, Length) = (clean.alias().DetachFromDisposeScope(), length);
        }

        public void Dispose() => Clean?.Dispose();
    }
}
