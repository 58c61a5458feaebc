namespace Veer.Metrics;

/// <summary>
/// `kernel`: the kernel distance (KID; Bińkowski et al., arXiv 1801.01401), the unbiased estimate of the squared maximum mean
/// discrepancy under the kernel (x·y / D + 1)³, averaged over random subsets. It is 0 on average for sets of one distribution, whatever
/// their size, and may fall below; it is often published times 1000.
/// </summary>
/// <param name="Mean">Mean over the subsets.</param>
/// <param name="Spread">Standard deviation over the subsets (divided by their number).</param>
/// <param name="Subsets">Number of subsets.</param>
/// <param name="SubsetSize">Points that each took from either set.</param>
public readonly record struct KernelDistance(double Mean, double Spread, int Subsets, int SubsetSize)
{
    /// <summary>As studies measure it.</summary>
    public static Metric Metric { get; } = new("kernel", "Kernel distance", MetricDirection.Lower, "Squared maximum mean discrepancy of features.")
    {
        Source = "KID: Bińkowski et al., arXiv 1801.01401",
        ComparesAcrossCounts = true,
        Needs = MetricNeeds.Features,
        Default = SampleKinds.Images,
        LeastSamples = 2,
        Measure = set => new(Compute(set.Points, set.Real.Points, set.Real.IsSubset ? FewSubsets : DefaultSubsets, seed: set.Real.Seed).Mean),
    };

    /// <summary>Subsets, unless said otherwise.</summary>
    public const int DefaultSubsets = 100;

    /// <summary>Subsets of what is itself one of many subsets.</summary>
    private const int FewSubsets = 10;

    /// <summary>Points of a subset, unless said otherwise.</summary>
    public const int DefaultSubsetSize = 1000;

    /// <summary>Kernel values held at a time: 32 MB in float64.</summary>
    private const long ChunkValues = 1 << 22;

    /// <summary>The mean and spread over subsets, drawn without replacement and apart from each other for the two sets.</summary>
    /// <param name="samples">[N, D], N at least 2.</param>
    /// <param name="reference">[M, D], M at least 2.</param>
    /// <param name="subsets">Number of subsets, at least 1.</param>
    /// <param name="subsetSize">Points from either set, at least 2; no more are taken than the smaller set has.</param>
    /// <param name="seed">Draws the subsets: subset i's by (seed, "kernel-samples" or "kernel-reference", i).</param>
    /// <exception cref="ArgumentException">The features differ in size.</exception>
    /// <exception cref="InputException">A set has fewer than two rows, or a value is not finite.</exception>
    public static KernelDistance Compute(
        Tensor samples, Tensor reference, int subsets = DefaultSubsets, int subsetSize = DefaultSubsetSize, long seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(subsets, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(subsetSize, 2);
        Check(samples, reference);
        int size = (int)Math.Min(subsetSize, Math.Min(samples.shape[0], reference.shape[0]));
        RandomKey mine = RandomKey.From(seed, "kernel-samples"), theirs = RandomKey.From(seed, "kernel-reference");
        var values = new double[subsets];
        for (int i = 0; i < subsets; i++)
        {
            using var scope = NewDisposeScope();
            values[i] = Estimate(Subset(samples, mine.At(i), size), Subset(reference, theirs.At(i), size));
        }
        double mean = values.Average();
        return new(mean, Math.Sqrt(values.Average(value => (value - mean) * (value - mean))), subsets, size);
    }

    /// <summary>The unbiased estimate from all points at once, in one number.</summary>
    /// <inheritdoc cref="Compute"/>
    public static double Unbiased(Tensor samples, Tensor reference)
    {
        Check(samples, reference);
        return Estimate(samples, reference);
    }

    private static double Estimate(Tensor samples, Tensor reference)
    {
        using var scope = NewDisposeScope();
        var points = samples.detach().to(ScalarType.Float64);
        var others = reference.detach().to(samples.device).to(ScalarType.Float64);
        double across = Sum(points, others) / points.shape[0] / others.shape[0];
        return Within(points) + Within(others) - 2 * across;
    }

    /// <summary>The mean kernel of two different points of a set.</summary>
    private static double Within(Tensor points)
    {
        double count = points.shape[0], alike = Kernel(points.square().sum(1), points.shape[1]).sum().item<double>();
        return (Sum(points, points) - alike) / (count * (count - 1));
    }

    /// <summary>The kernel's sum over all pairs.</summary>
    private static double Sum(Tensor points, Tensor others)
    {
        long count = points.shape[0], chunk = Math.Max(1, ChunkValues / others.shape[0]);
        double sum = 0;
        for (long first = 0; first < count; first += chunk)
        {
            using var scope = NewDisposeScope();
            var products = points.narrow(0, first, Math.Min(chunk, count - first)).matmul(others.t());
            sum += Kernel(products, points.shape[1]).sum().item<double>();
        }
        return sum;
    }

    private static Tensor Kernel(Tensor products, long size)
    {
        var root = products / size + 1;
        return root * root * root;
    }

    private static Tensor Subset(Tensor points, RandomKey key, int size) =>
        points.index_select(0, tensor(KeyedSubset.Rows(key, points.shape[0], size), device: points.device));

    private static void Check(Tensor samples, Tensor reference)
    {
        PointSets.Check(samples, reference, Metric.Name);
        if (samples.shape[0] < 2) throw new InputException(Metric.Name, nameof(samples), "1", "at least 2");
        if (reference.shape[0] < 2) throw new InputException(Metric.Name, nameof(reference), "1", "at least 2");
    }
}
