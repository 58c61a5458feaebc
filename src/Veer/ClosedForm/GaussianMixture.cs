using Veer.Diffusion;

namespace Veer.ClosedForm;

/// <summary>
/// A class-conditional Gaussian mixture: p(x0, c) = sum over the components k of class c of w_k N(x0; mu_k, Sigma_k). Mixed with noise it
/// stays a mixture, so density, score, posterior and ideal denoiser are known exactly at every noise level: the oracle beside every
/// learned model. Points are [B, D]; all is computed in their type (float32 or float64), on their device, by log-sum-exp, in pieces of
/// bounded size. Label C (<see cref="Classes"/>) is the null label: the whole mixture.
/// </summary>
public sealed class GaussianMixture : IDisposable
{
    // numbers of one piece of [rows, D, K]: stays in the cache of a core, and keeps every core busy
    private const long PieceSize = 1 << 19;

    // what float32 may leave between entries that mirror each other, over the largest
    private const double Asymmetry = 1e-6;

    private readonly Tensor logWeights, means, variances, axes, factors, cumulative;
    private readonly ScalarType type;
    private readonly long[] starts;
    private readonly double[] priors;

    /// <summary>Takes the components in any order; keeps copies.</summary>
    /// <param name="weights">[K], positive; normalised here to sum to one, so that a class's share is its prior p(c).</param>
    /// <param name="means">[K, D].</param>
    /// <param name="covariances">[K, D, D], symmetric and positive definite.</param>
    /// <param name="classes">[K] int64; each of 0 to C - 1 at least once.</param>
    /// <param name="type">Type of the points that <see cref="Sample"/> draws: float32 or float64.</param>
    /// <exception cref="ArgumentException">A shape, weight, class or covariance that makes no mixture.</exception>
    public GaussianMixture(Tensor weights, Tensor means, Tensor covariances, Tensor classes, ScalarType type = ScalarType.Float32)
    {
        using var scope = NewDisposeScope();
        CheckShapes(weights, means, covariances, classes);
        var order = classes.argsort();
        long[] owners = [.. classes.index_select(0, order).data<long>()];
        Classes = (int)owners[^1] + 1;
        // classes are runs of components: class c is starts[c] up to starts[c + 1], and the null label all of them
        starts = [.. Enumerable.Range(0, Classes + 1).Select(c => owners.LongCount(owner => owner < c))];
        if (owners[0] < 0 || Enumerable.Range(0, Classes).Any(c => starts[c] == starts[c + 1]))
        {
            throw new ArgumentException("every class from 0 to the highest needs a component", nameof(classes));
        }
        var normalized = Sorted(weights);
        if (!(normalized.min().item<double>() > 0)) throw new ArgumentException("weights must be positive", nameof(weights));
        normalized = normalized / normalized.sum();
        var matrices = Sorted(covariances);
        double apart = (matrices - matrices.transpose(1, 2)).abs().max().item<double>();
        if (!(apart <= Asymmetry * matrices.abs().max().item<double>()))
            throw new ArgumentException("covariances must be symmetric and finite", nameof(covariances));
        if (!means.isfinite().all().item<bool>()) throw new ArgumentException("means must be finite", nameof(means));
        var (variances, axes) = linalg.eigh(matrices);
        if (!(variances.min().item<double>() > 0))
        {
            throw new ArgumentException("covariances must be positive definite", nameof(covariances));
        }
        this.type = type;
        logWeights = normalized.log().DetachFromDisposeScope();
        this.means = Sorted(means).DetachFromDisposeScope();
        this.variances = variances.DetachFromDisposeScope();
        this.axes = axes.DetachFromDisposeScope();
        factors = (axes * variances.sqrt().unsqueeze(1)).DetachFromDisposeScope();
        cumulative = normalized.cumsum(0).DetachFromDisposeScope();
        priors = [.. Enumerable.Range(0, Classes).Select(c => Range(normalized, c).sum().item<double>()), 1];

        Tensor Sorted(Tensor t) => t.to(ScalarType.Float64).index_select(0, order);
    }

    /// <summary>One isotropic Gaussian for each class, all equally likely.</summary>
    /// <param name="means">[C, D].</param>
    /// <param name="deviations">[C] standard deviations, positive.</param>
    /// <param name="type">Type of the points that <see cref="Sample"/> draws: float32 or float64.</param>
    public static GaussianMixture Isotropic(Tensor means, Tensor deviations, ScalarType type = ScalarType.Float32)
    {
        using var scope = NewDisposeScope();
        var covariances = deviations.to(ScalarType.Float64).square().reshape(-1, 1, 1) * eye(means.shape[^1], dtype: ScalarType.Float64);
        return new(ones(means.shape[0]), means, covariances, arange(means.shape[0], ScalarType.Int64), type);
    }

    /// <summary>Number of classes C.</summary>
    public int Classes { get; }

    /// <summary>Number of dimensions D.</summary>
    public long Dimensions => means.shape[1];

    /// <summary>Number of components K.</summary>
    public long Components => means.shape[0];

    /// <summary>log p(x given label) at a noise level, [B].</summary>
    /// <param name="x">[B, D].</param>
    /// <param name="level">The noise level of the whole batch.</param>
    /// <param name="label">[B] int64, each 0 to C (C: the whole mixture).</param>
    public Tensor LogDensity(Tensor x, NoiseLevel level, Tensor label) =>
        Evaluate(x, level, Read(label), static (components, rows) => [components.LogDensity(rows)])[0];

    /// <summary>The score, grad_x log p(x given label), [B, D]; parameters as in <see cref="LogDensity"/>.</summary>
    public Tensor Score(Tensor x, NoiseLevel level, Tensor label) =>
        Evaluate(x, level, Read(label), static (components, rows) => [components.LogDensityAndScore(rows).Score])[0];

    /// <summary>
    /// The ideal denoiser E[x0 given x, label] and E[noise given x, label], each [B, D], with x = a · Clean + b · Noise at every
    /// level, the ends a = 0 and b = 0 among them; parameters as in <see cref="LogDensity"/>.
    /// </summary>
    public Prediction Denoise(Tensor x, NoiseLevel level, Tensor label)
    {
        var parts = Evaluate(x, level, Read(label), static (components, rows) =>
        {
            var (clean, noise) = components.Expectations(rows);
            return [clean, noise];
        });
        return new Prediction(parts[0], parts[1]);
    }

    /// <summary>log p(c given x) of every class, [B, C]; parameters as in <see cref="LogDensity"/>.</summary>
    public Tensor LogPosterior(Tensor x, NoiseLevel level)
    {
        using var scope = NewDisposeScope();
        var joint = new Tensor[Classes];
        for (int c = 0; c < Classes; c++) joint[c] = LogJoint(x, level, c);
        return stack(joint, 1).log_softmax(1).MoveToOuterDisposeScope();
    }

    /// <summary>p(c given x) of every class, [B, C]; parameters as in <see cref="LogDensity"/>.</summary>
    public Tensor Posterior(Tensor x, NoiseLevel level)
    {
        using var log = LogPosterior(x, level);
        return log.exp();
    }

    /// <summary>
    /// grad_x log p(c given x), [B, D], which is score(c) - score(null), taken as the sum over the classes j of p(j given x) (score(c) -
    /// score(j)): no digits are lost where the class is certain. Parameters as in <see cref="LogDensity"/>, without the null label.
    /// </summary>
    public Tensor PosteriorGradient(Tensor x, NoiseLevel level, Tensor label)
    {
        long[] labels = Read(label);
        if (labels.Contains(Classes)) throw new ArgumentException("the null label has no posterior", nameof(label));
        using var scope = NewDisposeScope();
        Check(x, level, labels);
        var (joint, scores) = (new Tensor[Classes], new Tensor[Classes]);
        for (int c = 0; c < Classes; c++)
        {
            var parts = Evaluate(x, level, Everywhere(x, c), static (components, rows) =>
            {
                var (density, score) = components.LogDensityAndScore(rows);
                return [density, score];
            });
            (joint[c], scores[c]) = (parts[0] + Math.Log(priors[c]), parts[1]);
        }
        var posterior = stack(joint, 1).softmax(1).unsqueeze(2);
        var byClass = stack(scores, 1);
        var own = byClass.gather(1, tensor(labels, device: x.device).reshape(-1, 1, 1).expand(-1, 1, Dimensions));
        return (posterior * (own - byClass)).sum(1).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Draws one clean point per label, [B, D] in the type of the mixture, on the CPU. Row i depends on the key, first + i and its label
    /// alone.
    /// </summary>
    /// <param name="labels">[B] int64, each 0 to C (C: the class is drawn too).</param>
    /// <param name="key">The stream of random numbers.</param>
    /// <param name="first">Index of the first row in that stream.</param>
    /// <exception cref="ArgumentOutOfRangeException">A label is none.</exception>
    public Tensor Sample(Tensor labels, RandomKey key, long first = 0)
    {
        using var scope = NewDisposeScope();
        long[] classes = Read(labels);
        CheckLabels(classes);
        var draws = key.Normal(first, classes.Length, [Dimensions + 1]).to(ScalarType.Float64);
        // a normal number's own distribution function is a uniform one: it picks the component within its class's share of [0, 1]
        var uniform = special.ndtr(draws.select(1, 0));
        var shares = cumulative.data<double>();
        double Below(long c) => c == 0 || c == Classes ? 0 : shares[starts[c] - 1];
        var low = tensor(Array.ConvertAll(classes, Below));
        var share = tensor(Array.ConvertAll(classes, c => priors[c]));
        var component = searchsorted(cumulative, low + uniform * share, right: true);
        // rounding may step over the end of a class
        component = component.maximum(tensor(Array.ConvertAll(classes, Start))).minimum(tensor(Array.ConvertAll(classes, c => End(c) - 1)));
        var offset = factors.index_select(0, component).matmul(draws.narrow(1, 1, Dimensions).unsqueeze(2)).squeeze(2);
        return (means.index_select(0, component) + offset).to(type).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var owned in new[] { logWeights, means, variances, axes, factors, cumulative }) owned.Dispose();
    }

    private long Start(long c) => c == Classes ? 0 : starts[c];

    private long End(long c) => c == Classes ? Components : starts[c + 1];

    private Tensor Range(Tensor ofComponents, long c) => ofComponents.narrow(0, Start(c), End(c) - Start(c));

    /// <summary>log p(x, c), [B].</summary>
    private Tensor LogJoint(Tensor x, NoiseLevel level, int c) =>
        Evaluate(x, level, Everywhere(x, c), static (components, rows) => [components.LogDensity(rows)])[0] + Math.Log(priors[c]);

    /// <summary>Every label's rows, in pieces, by that label's components.</summary>
    private Tensor[] Evaluate(Tensor x, NoiseLevel level, long[] labels, Func<GaussianMixtureLevel, Tensor, Tensor[]> answer)
    {
        Check(x, level, labels);
        using var scope = NewDisposeScope();
        // One tensor per answer, written in place: kept pieces would lie between the freed work space and let the heap grow.
        Tensor[] whole = [];
        foreach (var group in Enumerable.Range(0, labels.Length).GroupBy(row => labels[row], row => (long)row))
        {
            long c = group.Key;
            using var components = new GaussianMixtureLevel(
                level, Range(logWeights, c) - Math.Log(priors[c]), Range(means, c), Range(variances, c), Range(axes, c), x);
            foreach (long[] piece in group.Chunk((int)Math.Max(1, PieceSize / ((End(c) - Start(c)) * Dimensions))))
            {
                using var work = NewDisposeScope();
                var rows = tensor(piece, device: x.device);
                var parts = answer(components, x.index_select(0, rows));
                if (whole.Length == 0) whole = Array.ConvertAll(parts, part => Empty(part).MoveToOuterDisposeScope());
                for (int i = 0; i < parts.Length; i++) whole[i].index_copy_(0, rows, parts[i]);
            }
        }
        return Array.ConvertAll(whole, part => part.MoveToOuterDisposeScope());

        Tensor Empty(Tensor part) => empty([labels.Length, .. part.shape[1..]], part.dtype, part.device);
    }

    private static long[] Everywhere(Tensor x, int c)
    {
        var labels = new long[x.shape[0]];
        Array.Fill(labels, c);
        return labels;
    }

    private static long[] Read(Tensor label)
    {
        using var scope = NewDisposeScope();
        return [.. label.to(CPU).contiguous().data<long>()];
    }

    private void Check(Tensor x, NoiseLevel level, long[] labels)
    {
        if (x.dim() != 2 || x.shape[1] != Dimensions)
        {
            throw new ArgumentException($"points must be [B, {Dimensions}], not [{string.Join(", ", x.shape)}]", nameof(x));
        }
        if (x.shape[0] == 0 || labels.Length != x.shape[0])
        {
            throw new ArgumentException("there must be points, and one label for each", nameof(labels));
        }
        if (!(level.Alpha >= 0 && level.Sigma >= 0 && level.Alpha + level.Sigma is > 0 and < double.PositiveInfinity))
        {
            throw new ArgumentOutOfRangeException(nameof(level), level, "alpha and sigma must be finite, not negative and not both zero");
        }
        CheckLabels(labels);
    }

    private void CheckLabels(long[] labels)
    {
        foreach (long c in labels)
        {
            if (c < 0 || c > Classes) throw new ArgumentOutOfRangeException(nameof(labels), c, $"labels run from 0 to {Classes}");
        }
    }

    private static void CheckShapes(Tensor weights, Tensor means, Tensor covariances, Tensor classes)
    {
        if (means.dim() != 2) throw new ArgumentException("means must be [K, D]", nameof(means));
        (long k, long d) = (means.shape[0], means.shape[1]);
        if (!weights.shape.SequenceEqual([k])) throw new ArgumentException("weights must be [K]", nameof(weights));
        if (!covariances.shape.SequenceEqual([k, d, d])) throw new ArgumentException("covariances must be [K, D, D]", nameof(covariances));
        if (!classes.shape.SequenceEqual([k]) || classes.dtype != ScalarType.Int64)
        {
            throw new ArgumentException("classes must be [K] int64", nameof(classes));
        }
    }
}
