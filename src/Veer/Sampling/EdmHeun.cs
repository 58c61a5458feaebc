using Veer.Diffusion;

namespace Veer.Sampling;

/// <summary>
/// EDM's sampler (Karras et al., arXiv 2206.00364, algorithm 2): Heun's method on the probability-flow ODE of the variance-exploding path,
/// an Euler step at the end, and noise added before the steps where churn is asked for. States are float64 throughout.
/// </summary>
/// <remarks>
/// Steps go to Clean + sigma · Noise, as those of <see cref="Ddim"/> do: the same where the two parts make up x, and right too for guidances
/// whose parts do not (<see cref="Guidance.CfgPlusPlus"/>).
/// </remarks>
public sealed class EdmHeun : LevelSampler
{
    /// <summary>What settings and commands know of it.</summary>
    public static SamplerKind Kind { get; } = new()
    {
        Name = "heun",
        Title = "Heun on the path of EDM",
        Source = "arXiv 2206.00364",
        Serves = process => process is ContinuousProcess { Path: VarianceExplodingPath },
        Make = (_, steps) => new EdmHeun(steps),
    };

    private readonly Churn churn;

    /// <param name="steps">Number of steps n, at least 1.</param>
    /// <param name="grid">The noise levels; null: those of EDM on CIFAR-10, from 80 down to 0.002.</param>
    /// <param name="churn">Noise to add; null: none, the sampling is deterministic.</param>
    public EdmHeun(int steps = 18, KarrasSigmas? grid = null, Churn? churn = null)
        : this((grid ?? new()).Sigmas(steps), churn ?? new(0))
    {
    }

    private EdmHeun(IReadOnlyList<double> sigmas, Churn churn)
        : base(sigmas.Select(sigma => new NoiseLevel(1, sigma)), sigmas[0])
    {
        ArgumentOutOfRangeException.ThrowIfNegative(churn.SChurn);
        this.churn = churn;
    }

    /// <summary>Predictions of a sample (NFE), 2 n - 1: two a step, one in the last.</summary>
    public int Evaluations => 2 * Steps - 1;

    /// <inheritdoc/>
    protected override ScalarType? StateType => ScalarType.Float64;

    /// <summary>One step.</summary>
    /// <param name="denoiser">Guided or not.</param>
    /// <param name="x">[B, ...] at the step's first level.</param>
    /// <param name="label">[B] int64.</param>
    /// <param name="step">Number of the step, from 0.</param>
    /// <param name="fresh">z ~ N(0, I), of the shape of x; not needed where the step adds no noise.</param>
    /// <param name="context">What predictions are asked with.</param>
    /// <returns>[B, ...] at the step's second level.</returns>
    public Tensor Step(IDenoiser denoiser, Tensor x, Tensor label, int step, Tensor? fresh, PredictionContext? context = null)
    {
        using var scope = NewDisposeScope();
        double sigma = Levels[step].Sigma, raised = churn.Raise(sigma, Steps), end = Levels[step + 1].Sigma;
        if (raised > sigma)
        {
            ArgumentNullException.ThrowIfNull(fresh);
            x = x.add(fresh, alpha: Math.Sqrt(raised * raised - sigma * sigma) * churn.SNoise);
        }
        var first = denoiser.Predict(x, new(1, raised), label, context);
        var next = first.Clean.add(first.Noise, alpha: end);
        if (end == 0) return next.MoveToOuterDisposeScope();
        var second = denoiser.Predict(next, Levels[step + 1], label, context);
        return next.add(second.Noise - first.Noise, alpha: (end - raised) / 2).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override Tensor Advance(
        IDenoiser denoiser, Tensor x, Tensor label, NoiseLevel from, NoiseLevel to, PredictionContext context, Func<Tensor> fresh,
        CancellationToken cancellation) =>
        Step(denoiser, x, label, context.Step, churn.Raise(from.Sigma, Steps) > from.Sigma ? fresh() : null, context);
}
