using Veer.Data;
using Veer.Diffusion;

namespace Veer.Guidance;

/// <summary>What <see cref="ExpectationRatios"/> takes from the traversed data.</summary>
public enum RatioEstimate
{
    /// <summary>E[own · none] / E[none²]: the least-squares fit of the conditional noise by the unconditional one.</summary>
    LeastSquares,

    /// <summary>E[own] / E[none].</summary>
    Means,
}

/// <summary>
/// The lookup table of <see cref="ReCfg"/>: for every class, level and coordinate, the ratio of the conditional to the
/// unconditional noise that a denoiser predicts on noised points of the class. It does not depend on the guidance scale. Linear in
/// log(b / a) between the levels of the table, constant beyond them; the null label's ratio is 1.
/// </summary>
public sealed class ExpectationRatios : IDisposable
{
    // points of one prediction, which asks for both labels: bounds the memory that a large network takes
    private const long BatchSize = 256;

    /// <summary>Points of a class that it is fitted to, at most, unless said otherwise.</summary>
    internal const int UsualPoints = 500;

    private readonly double[] logSigmas;
    private readonly Tensor table;

    private ExpectationRatios(double[] logSigmas, Tensor table) => (this.logSigmas, this.table) = (logSigmas, table);

    /// <summary>Number of classes C.</summary>
    public int Classes => (int)table.shape[1] - 1;

    /// <summary>Traverses data once per level, each time with the same noise, so that the ratios change smoothly.</summary>
    /// <param name="denoiser">What is to be guided; it knows the null label.</param>
    /// <param name="levels">Those of the sampler, in any order; levels whose alpha or sigma is 0 are left out.</param>
    /// <param name="data">Points of every class.</param>
    /// <param name="key">Where the noise comes from.</param>
    /// <param name="estimate">What is taken from the predictions.</param>
    /// <param name="pointsPerClass">At most so many, the first of each class; 1 or more.</param>
    /// <param name="device">Of the denoiser; that of the data, if not given.</param>
    /// <param name="cancellation">Asked before every level.</param>
    /// <exception cref="InputException">
    /// The denoiser has no unconditional prediction, its classes are not the data's, or a class has no point.
    /// </exception>
    public static ExpectationRatios Fit(
        IDenoiser denoiser, IEnumerable<NoiseLevel> levels, LabeledData data, RandomKey key, RatioEstimate estimate = RatioEstimate.LeastSquares,
        int pointsPerClass = UsualPoints, Device? device = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pointsPerClass, 1);
        GuidanceArguments.NullLabelKnown(denoiser, "rectified guidance", "label dropout above 0");
        GuidanceArguments.SameClasses(data.Classes, denoiser.Info.Classes, "rectified guidance", "data set");
        NoiseLevel[] sorted = [.. levels.Where(level => level.Alpha > 0 && level.Sigma > 0).DistinctBy(LogSigma).OrderBy(LogSigma)];
        if (sorted.Length == 0) throw new ArgumentException("a level with alpha and sigma above 0", nameof(levels));
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var points = new Tensor[data.Classes];
        for (int c = 0; c < data.Classes; c++)
        {
            var own = data.OfClass(c);
            if (own.shape[0] == 0)
                throw new InputException("rectified guidance", "data set", $"no point of class {c}", "points of every class");
            points[c] = own.narrow(0, 0, Math.Min(pointsPerClass, own.shape[0])).to(device ?? own.device);
        }
        var rows = new Tensor[sorted.Length];
        for (int i = 0; i < sorted.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var work = NewDisposeScope();
            var ratios = points.Select((clean, c) => Ratio(denoiser, sorted[i], clean, c, key.At(c), estimate)).ToArray();
            rows[i] = stack([.. ratios, ones_like(ratios[0])]).to(ScalarType.Float32).MoveToOuterDisposeScope();
        }
        return new([.. sorted.Select(LogSigma)], stack(rows).DetachFromDisposeScope());
    }

    /// <summary>The ratios at a level, [B, ...] float32.</summary>
    /// <param name="level">Any level.</param>
    /// <param name="label">[B] int64, each 0 to C (C: null).</param>
    public Tensor At(NoiseLevel level, Tensor label)
    {
        using var scope = NewDisposeScope();
        double wanted = LogSigma(level);
        int above = Array.FindIndex(logSigmas, logSigma => logSigma >= wanted);
        var row = above < 0 ? table[^1] : above == 0 ? table[0] : table[above - 1].lerp(
            table[above], (wanted - logSigmas[above - 1]) / (logSigmas[above] - logSigmas[above - 1]));
        return row.to(label.device).index_select(0, label).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => table.Dispose();

    private static double LogSigma(NoiseLevel level) => Math.Log(level.Sigma / level.Alpha);

    /// <summary>The ratio of every coordinate, in float64.</summary>
    private static Tensor Ratio(IDenoiser denoiser, NoiseLevel level, Tensor clean, int label, RandomKey key, RatioEstimate estimate)
    {
        using var scope = NewDisposeScope();
        long[] shape = clean.shape[1..];
        var (above, below) = (zeros(shape, ScalarType.Float64, clean.device), zeros(shape, ScalarType.Float64, clean.device));
        for (long first = 0; first < clean.shape[0]; first += BatchSize)
        {
            using var work = NewDisposeScope();
            var batch = clean.narrow(0, first, Math.Min(BatchSize, clean.shape[0] - first));
            var noise = key.Normal(first, batch.shape[0], shape, clean.device).to(clean.dtype);
            var labels = full(batch.shape[0], label, ScalarType.Int64, clean.device);
            var (none, own) = denoiser.PredictBoth(level.Mix(batch, noise), level, labels);
            var weight = estimate == RatioEstimate.Means ? ones_like(none.Noise) : none.Noise;
            above.add_((own.Noise * weight).to(ScalarType.Float64).sum(dim: 0));
            below.add_((none.Noise * weight).to(ScalarType.Float64).sum(dim: 0));
        }
        // where nothing is predicted, that of classifier-free guidance
        return where(below.eq(0), 1.0, above / below).MoveToOuterDisposeScope();
    }
}
