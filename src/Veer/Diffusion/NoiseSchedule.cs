using System.Collections.Immutable;

namespace Veer.Diffusion;

/// <summary>
/// The tables of a discrete variance-preserving process in float64 (DDPM, Ho et al., arXiv 2006.11239). Step 0 is the first noising
/// step, the least noisy one.
/// </summary>
public sealed class NoiseSchedule
{
    internal const int LeastLinear = 21;

    private readonly NoiseSchedule original;

    private NoiseSchedule(double[] betas, double[] cumulative, int[] timesteps, NoiseSchedule? original)
    {
        Betas = [.. betas];
        CumulativeAlphas = [.. cumulative];
        Timesteps = [.. timesteps];
        this.original = original ?? this;
        var variance = new double[betas.Length];
        var clean = new double[betas.Length];
        var noisy = new double[betas.Length];
        double before = 1;
        for (int t = 0; t < betas.Length; t++)
        {
            double remaining = 1 - cumulative[t];
            variance[t] = betas[t] * (1 - before) / remaining;
            clean[t] = betas[t] * Math.Sqrt(before) / remaining;
            noisy[t] = (1 - before) * Math.Sqrt(1 - betas[t]) / remaining;
            before = cumulative[t];
        }
        PosteriorVariance = [.. variance];
        PosteriorMeanClean = [.. clean];
        PosteriorMeanNoisy = [.. noisy];
    }

    /// <summary>Number of steps T.</summary>
    public int Steps => Betas.Length;

    /// <summary>Number of steps of the process that a network was trained on, in which <see cref="Timesteps"/> are counted; T unless respaced.</summary>
    internal int TrainedSteps => original.Betas.Length;

    /// <summary>beta_t: the variance of the noise added at step t.</summary>
    public ImmutableArray<double> Betas { get; }

    /// <summary>abar_t: the product of 1 - beta up to step t, so that x_t = sqrt(abar_t) x_0 + sqrt(1 - abar_t) eps.</summary>
    public ImmutableArray<double> CumulativeAlphas { get; }

    /// <summary>Variance of q(x_t-1 given x_t, x_0); 0 at step 0.</summary>
    public ImmutableArray<double> PosteriorVariance { get; }

    /// <summary>Coefficient of x_0 in the mean of q(x_t-1 given x_t, x_0).</summary>
    public ImmutableArray<double> PosteriorMeanClean { get; }

    /// <summary>Coefficient of x_t in the mean of q(x_t-1 given x_t, x_0).</summary>
    public ImmutableArray<double> PosteriorMeanNoisy { get; }

    /// <summary>The timestep of every step in the process that a network was trained on; 0, 1, 2 ... unless respaced.</summary>
    public ImmutableArray<int> Timesteps { get; }

    /// <summary>Betas evenly spaced from 1e-4 to 0.02, both scaled by 1000 / steps.</summary>
    /// <param name="steps">T, at least 21: below, the last beta reaches 1 and no signal is left.</param>
    public static NoiseSchedule Linear(int steps = 1000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, LeastLinear);
        double first = 0.1 / steps, last = 20.0 / steps;
        return FromBetas([.. Enumerable.Range(0, steps).Select(t => first + t * ((last - first) / (steps - 1)))]);
    }

    /// <summary>abar follows cos²((t / T + 0.008) / 1.008 · pi / 2), betas at most 0.999 (Nichol, Dhariwal, arXiv 2102.09672).</summary>
    /// <param name="steps">T, at least 1.</param>
    public static NoiseSchedule Cosine(int steps = 1000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        return FromBetas([.. Enumerable.Range(0, steps).Select(t => Math.Min(0.999, 1 - Signal(t + 1) / Signal(t)))]);

        double Signal(double t)
        {
            double cosine = Math.Cos((t / steps + 0.008) / 1.008 * Math.PI / 2);
            return cosine * cosine;
        }
    }

    /// <summary>A schedule by its name (<see cref="ScheduleKind"/>).</summary>
    /// <exception cref="InputException">There is no schedule of that name.</exception>
    public static NoiseSchedule Named(string name, int steps) => ScheduleKind.All.Named(name).Make(steps);

    /// <summary>A schedule of one's own.</summary>
    /// <param name="betas">[T], each above 0 and below 1.</param>
    public static NoiseSchedule FromBetas(params double[] betas)
    {
        if (betas.Length == 0 || !betas.All(beta => beta is > 0 and < 1))
            throw new ArgumentException("one or more betas, each above 0 and below 1", nameof(betas));
        var cumulative = new double[betas.Length];
        double product = 1;
        for (int t = 0; t < betas.Length; t++) cumulative[t] = product *= 1 - betas[t];
        return new(betas, cumulative, [.. Enumerable.Range(0, betas.Length)], null);
    }

    /// <summary>The noise level of a step: (sqrt(abar), sqrt(1 - abar)).</summary>
    public NoiseLevel LevelAt(int step) => new(Math.Sqrt(CumulativeAlphas[step]), Math.Sqrt(1 - CumulativeAlphas[step]));

    /// <summary>The levels of all steps, noisiest first, then the clean sample.</summary>
    public IReadOnlyList<NoiseLevel> SamplingLevels() => [.. Enumerable.Range(0, Steps).Reverse().Select(LevelAt), NoiseLevel.Clean];

    /// <summary>The level of the last step of the process that a network was trained on.</summary>
    internal NoiseLevel Noisiest => original.LevelAt(original.Steps - 1);

    /// <summary>A process over fewer steps with the same marginals (Improved DDPM): evenly spaced, first and last step kept.</summary>
    /// <param name="steps">1 (the last step alone, pure noise) to <see cref="Steps"/>.</param>
    public NoiseSchedule Respace(int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(steps, Steps);
        return Keep(Respacing.Even(Steps, [steps]));
    }

    /// <summary>A process over fewer of these steps, chosen in guided-diffusion's notation.</summary>
    /// <param name="spacing">"50", "10,10,15,20" (so many from each equal section) or "ddim50" (an integer stride).</param>
    /// <exception cref="InputException">Unreadable, or impossible with this number of steps.</exception>
    public NoiseSchedule Respace(string spacing) => Keep(Respacing.Parse(Steps, spacing));

    /// <summary>
    /// The timestep, in the numbering of <see cref="Timesteps"/>, at which signal over noise is that of a level. x / sqrt(a² + b²)
    /// then lies on this process with the same clean sample and noise, so a network trained here serves any path. Whole at the
    /// levels of the table, linear in log(a / b) between them, clamped beyond its ends.
    /// </summary>
    public double TimestepOf(NoiseLevel level)
    {
        double wanted = level.LogRatio;
        // the last step with no less signal than wanted
        int below = 0, above = original.Steps - 1;
        if (!(wanted < original.LogRatioAt(below))) return below;
        if (wanted <= original.LogRatioAt(above)) return above;
        while (above - below > 1)
        {
            int middle = (below + above) / 2;
            if (original.LogRatioAt(middle) >= wanted) below = middle;
            else above = middle;
        }
        double from = original.LogRatioAt(below), to = original.LogRatioAt(above);
        return below + (from - wanted) / (from - to);
    }

    private double LogRatioAt(int step) => LevelAt(step).LogRatio;

    private NoiseSchedule Keep(int[] kept)
    {
        // abar is taken over, not multiplied anew: a kept step has the very level that it had
        double[] cumulative = [.. kept.Select(t => CumulativeAlphas[t])];
        double[] betas = [.. cumulative.Select((value, i) => 1 - value / (i == 0 ? 1 : cumulative[i - 1]))];
        return new(betas, cumulative, [.. kept.Select(t => Timesteps[t])], original);
    }
}
