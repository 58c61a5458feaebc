using Veer.Diffusion;

namespace Veer.Sampling;

/// <summary>
/// Denoising diffusion implicit models (Song et al., arXiv 2010.02502). Eta 0 is deterministic; on the linear path
/// and on EDM's it is Euler's method on the probability-flow ODE.
/// </summary>
public sealed class Ddim : PathSampler
{
    /// <summary>What settings and commands know of it.</summary>
    public static SamplerKind Kind { get; } = new()
    {
        Name = "ddim",
        Title = "DDIM, deterministic; Euler on the linear path and on that of EDM",
        Source = "arXiv 2010.02502",
        Serves = _ => true,
        Make = (process, steps) => new Ddim(process, steps),
    };

    /// <param name="steps">Steps of the process of whatever denoiser it is given.</param>
    /// <param name="eta">0 (deterministic) to 1 (as noisy as ancestral sampling).</param>
    public Ddim(int steps, double eta = 0)
        : base(steps) => Eta = Check(eta);

    /// <param name="process">The process to sample, whatever the denoiser's own is.</param>
    /// <param name="steps">Its steps.</param>
    /// <param name="eta">0 (deterministic) to 1 (as noisy as ancestral sampling).</param>
    public Ddim(NoisingProcess process, int steps, double eta = 0)
        : base(process, steps) => Eta = Check(eta);

    /// <param name="schedule">The process that the denoiser was trained on.</param>
    /// <param name="steps">So many of its steps, evenly spaced; null: all of them.</param>
    /// <param name="eta">0 (deterministic) to 1 (as noisy as ancestral sampling).</param>
    public Ddim(NoiseSchedule schedule, int? steps = null, double eta = 0)
        : base(schedule, steps) => Eta = Check(eta);

    /// <param name="levels">Levels of any path, noisiest first, ending where the samples shall be.</param>
    /// <param name="eta">0 (deterministic) to 1 (as noisy as ancestral sampling).</param>
    public Ddim(IEnumerable<NoiseLevel> levels, double eta = 0)
        : base([.. levels]) => Eta = Check(eta);

    /// <summary>Fresh noise as a share of the ancestral sampler's.</summary>
    public double Eta { get; }

    /// <inheritdoc/>
    public override double FreshNoise(NoiseLevel from, NoiseLevel to) => Eta == 0 ? 0 : Eta * PosteriorDeviation(from, to);

    private static double Check(double eta) =>
        eta is >= 0 and <= 1 ? eta : throw new ArgumentOutOfRangeException(nameof(eta), eta, "0 to 1");
}
