using Veer.Diffusion;

namespace Veer.Sampling;

/// <summary>The variance of an ancestral step (Ho et al., arXiv 2006.11239, section 3.2).</summary>
public enum AncestralVariance
{
    /// <summary>That of the posterior q(x_s given x_t, x_0): right for data that is a single point.</summary>
    Small,

    /// <summary>That of the noising step, beta: right for data that is N(0, I).</summary>
    Large,
}

/// <summary>Ancestral sampling of denoising diffusion probabilistic models (Ho et al., arXiv 2006.11239, algorithm 2).</summary>
public sealed class Ddpm : PathSampler
{
    /// <summary>What settings and commands know of it.</summary>
    public static SamplerKind Kind { get; } = new()
    {
        Name = "ddpm",
        Title = "DDPM, ancestral steps",
        Source = "arXiv 2006.11239",
        Serves = process => process is DiscreteProcess,
        Make = (process, steps) => new Ddpm(process, steps),
    };

    /// <param name="steps">Steps of the process of whatever denoiser it is given.</param>
    /// <param name="variance">How much noise a step adds; the mean is the same.</param>
    public Ddpm(int steps, AncestralVariance variance = AncestralVariance.Small)
        : base(steps) => Variance = variance;

    /// <param name="process">The process to sample, whatever the denoiser's own is.</param>
    /// <param name="steps">Its steps.</param>
    /// <param name="variance">How much noise a step adds; the mean is the same.</param>
    public Ddpm(NoisingProcess process, int steps, AncestralVariance variance = AncestralVariance.Small)
        : base(process, steps) => Variance = variance;

    /// <param name="schedule">The process that the denoiser was trained on.</param>
    /// <param name="steps">So many of its steps, evenly spaced; null: all of them.</param>
    /// <param name="variance">How much noise a step adds; the mean is the same.</param>
    public Ddpm(NoiseSchedule schedule, int? steps = null, AncestralVariance variance = AncestralVariance.Small)
        : base(schedule, steps) => Variance = variance;

    /// <param name="levels">Levels of any path, noisiest first, ending where the samples shall be.</param>
    /// <param name="variance">How much noise a step adds; the mean is the same.</param>
    public Ddpm(IEnumerable<NoiseLevel> levels, AncestralVariance variance = AncestralVariance.Small)
        : base([.. levels]) => Variance = variance;

    /// <summary>How much noise a step adds.</summary>
    public AncestralVariance Variance { get; }

    /// <inheritdoc/>
    public override double FreshNoise(NoiseLevel from, NoiseLevel to)
    {
        // the last step adds none in either case
        if (Variance == AncestralVariance.Small || to.Sigma == 0) return PosteriorDeviation(from, to);
        double ratio = from.Alpha / to.Alpha;
        return Math.Sqrt(Math.Max(0, from.Sigma * from.Sigma - ratio * ratio * to.Sigma * to.Sigma));
    }

    /// <summary>
    /// The variance of a step that guided-diffusion's <c>condition_mean</c> multiplies a classifier's gradient by. At the last step, which adds no
    /// noise, that is 0 where it is <see cref="AncestralVariance.Small"/>, and the posterior's of the step before where it is large.
    /// </summary>
    /// <param name="step">Number of the step, from 0.</param>
    internal double ModelVariance(int step)
    {
        bool last = Levels[step + 1].Sigma == 0 && Variance == AncestralVariance.Large && step > 0;
        double deviation = last ? PosteriorDeviation(Levels[step - 1], Levels[step]) : FreshNoise(Levels[step], Levels[step + 1]);
        return deviation * deviation;
    }

    /// <summary>How far a step moves its mean if Clean is moved by b² / a and Noise by -b: beta / sqrt(alpha).</summary>
    internal double Shift(NoiseLevel from, NoiseLevel to) => to.Alpha * from.Sigma * from.Sigma / from.Alpha - KeptNoise(from, to) * from.Sigma;

    /// <inheritdoc/>
    /// <remarks>The posterior mean's coefficient of the noise, whichever variance is added.</remarks>
    protected override double KeptNoise(NoiseLevel from, NoiseLevel to) =>
        from.Alpha / to.Alpha * to.Sigma * to.Sigma / from.Sigma;
}
