using Veer.Diffusion;

namespace Veer.Sampling;

/// <summary>
/// Steps down a list of noise levels by x_s = a_s · Clean + sqrt(b_s² - eta²) · Noise + eta · z, z ~ N(0, I). A sampler is its
/// choice of eta (DDIM, Song et al., arXiv 2010.02502, Eq. 12).
/// </summary>
public abstract class PathSampler : LevelSampler
{
    /// <summary>So many steps of the process of whatever denoiser it is given.</summary>
    protected PathSampler(int steps)
        : base(steps)
    {
    }

    /// <summary>So many steps of a process.</summary>
    protected PathSampler(NoisingProcess process, int steps)
        : base(process, steps)
    {
    }

    /// <summary>Steps of a variance-preserving process, evenly spaced; null: all of them.</summary>
    protected PathSampler(NoiseSchedule schedule, int? steps)
        : this(new DiscreteProcess(schedule), steps ?? schedule.Steps)
    {
    }

    /// <summary>Levels of any path, noisiest first. Starts at sigma · N(0, I), as EDM and rectified flows do.</summary>
    protected PathSampler(IReadOnlyList<NoiseLevel> levels)
        : base(levels, levels.Count > 0 ? levels[0].Sigma : 0)
    {
    }

    /// <summary>One step from a prediction at one level to the next level.</summary>
    /// <param name="prediction">The parts of x at <paramref name="from"/>.</param>
    /// <param name="from">The level of x.</param>
    /// <param name="to">A level with less noise.</param>
    /// <param name="fresh">z, of the shape of x; not needed where <see cref="FreshNoise"/> is 0.</param>
    public Tensor Step(Prediction prediction, NoiseLevel from, NoiseLevel to, Tensor? fresh)
    {
        using var scope = NewDisposeScope();
        double added = FreshNoise(from, to);
        var next = prediction.Clean * to.Alpha;
        next.add_(prediction.Noise, alpha: KeptNoise(from, to));
        if (added > 0) next.add_(fresh ?? throw new ArgumentNullException(nameof(fresh)), alpha: added);
        return next.MoveToOuterDisposeScope();
    }

    /// <summary>eta: the standard deviation of the noise that a step adds.</summary>
    public abstract double FreshNoise(NoiseLevel from, NoiseLevel to);

    /// <summary>The coefficient of the predicted noise.</summary>
    protected virtual double KeptNoise(NoiseLevel from, NoiseLevel to)
    {
        double added = FreshNoise(from, to);
        return Math.Sqrt(Math.Max(0, to.Sigma * to.Sigma - added * added));
    }

    /// <summary>
    /// Standard deviation of x_s given x_t and the clean sample, in the process that noises s into t:
    /// eta² = (b_s² / b_t²) · (b_t² - (a_t / a_s)² · b_s²).
    /// </summary>
    protected static double PosteriorDeviation(NoiseLevel from, NoiseLevel to)
    {
        double kept = from.Alpha / to.Alpha * to.Sigma / from.Sigma;
        return to.Sigma * Math.Sqrt(Math.Max(0, 1 - kept * kept));
    }

    /// <inheritdoc/>
    protected override Tensor Advance(
        IDenoiser denoiser, Tensor x, Tensor label, NoiseLevel from, NoiseLevel to, PredictionContext context, Func<Tensor> fresh,
        CancellationToken cancellation)
    {
        var noise = FreshNoise(from, to) > 0 ? fresh() : null;
        return Step(denoiser.Predict(x, from, label, context), from, to, noise);
    }
}
