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
        HangsOn = CountDependence.None,
        Needs = MetricNeeds.Features,
        Default = SampleKinds.Images,
        LeastSamples = 2,
        Measure = set => new(Compute(set.Points, set.Real.Points, SubsetsOf(set.Real), seed: set.Real.Seed).Mean),
    };

    /// <summary>Subsets, unless said otherwise.</summary>
    public const int DefaultSubsets = 100;

    /// <summary>Subsets of a part that they cover well.</summary>
    private const int FewSubsets = 10;

    /// <summary>Points of a subset, unless said otherwise.</summary>
    public const int DefaultSubsetSize = 1000;

    /// <summary>Points of a block's side: kernel values of 32 MB are held at a time.</summary>
    private const long Side = 2048;

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
        using var scope = NewDisposeScope();
        var (points, others) = (samples.detach(), reference.detach().to(samples.device));
        long[][] rows = Rows(points, mine), columns = Rows(others, theirs);
        double[] values = [.. Within(points, rows).Zip(Within(others, columns), (one, other) => one + other).Zip(Means(points, rows, others, columns), (within, across) => within - 2 * across)];
        double mean = values.Average();
        return new(mean, Math.Sqrt(values.Average(value => (value - mean) * (value - mean))), subsets, size);

        long[][] Rows(Tensor all, RandomKey key) => [.. Enumerable.Range(0, subsets).Select(i => KeyedSubset.Rows(key.At(i), all.shape[0], size))];
    }

    /// <summary>Of one of many parts as many fewer as its spread is divided by, so that it tells the noise of the whole number's subsets too; few where few cover it, and have little.</summary>
    private static int SubsetsOf(MetricReference real) => !real.IsSubset ? DefaultSubsets
        : real.Points.shape[0] <= 2 * DefaultSubsetSize ? FewSubsets : Math.Max(1, DefaultSubsets / (real.Divisor - 1));

    /// <summary>The unbiased estimate from all points at once, in one number.</summary>
    /// <inheritdoc cref="Compute"/>
    public static double Unbiased(Tensor samples, Tensor reference)
    {
        Check(samples, reference);
        using var scope = NewDisposeScope();
        var (points, others) = (samples.detach(), reference.detach().to(samples.device));
        long[][] rows = All(points), columns = All(others);
        return Within(points, rows).Single() + Within(others, columns).Single() - 2 * Means(points, rows, others, columns).Single();

        static long[][] All(Tensor all) => [[.. Enumerable.Range(0, (int)all.shape[0])]];
    }

    /// <summary>The mean kernel of two different points of each subset.</summary>
    private static IEnumerable<double> Within(Tensor points, long[][] subsets)
    {
        double[] alike = [.. Enumerable.Range(0, (int)Parts(points)).SelectMany(part =>
        {
            using var scope = NewDisposeScope();
            return Kernel(Part(points, part).square().sum(1), points.shape[1]).cpu().data<double>().ToArray();
        })];
        return Means(points, subsets, points, subsets).Zip(subsets, (mean, rows) =>
        {
            double count = rows.Length;
            return (mean * count * count - rows.Sum(row => alike[row])) / (count * (count - 1));
        });
    }

    /// <summary>The mean kernel over all pairs of each subset of the points with its subset of the others.</summary>
    private static double[] Means(Tensor points, long[][] rows, Tensor others, long[][] columns)
    {
        double pairs = (double)rows[0].Length * columns[0].Length;
        // where subsets overlap much, every pair is looked at once for all of them
        double[] sums = (double)points.shape[0] * others.shape[0] <= rows.Length * pairs ? Sums(points, Members(rows, points), others, Members(columns, others))
            : [.. rows.Zip(columns, (mine, theirs) =>
            {
                using var scope = NewDisposeScope();
                return Sums(Taken(points, mine), ones(1, mine.Length, ScalarType.Float64, points.device), Taken(others, theirs), ones(1, theirs.Length, ScalarType.Float64, points.device))[0];
            })];
        return Array.ConvertAll(sums, sum => sum / pairs);
    }

    /// <summary>The kernel's sums over the pairs of subsets that are given by [subsets, N] and [subsets, M] ones and zeros: the diagonal of R K Cᵀ.</summary>
    private static double[] Sums(Tensor points, Tensor rows, Tensor others, Tensor columns)
    {
        using var scope = NewDisposeScope();
        var sums = zeros(rows.shape[0], ScalarType.Float64, points.device);
        for (long row = 0; row < Parts(points); row++)
        {
            using var ofRow = NewDisposeScope();
            var some = Part(points, row);
            var held = rows.narrow(1, row * Side, some.shape[0]);
            for (long column = 0; column < Parts(others); column++)
            {
                using var block = NewDisposeScope();
                var kernel = Kernel(some.matmul(Part(others, column).t()), points.shape[1]);
                sums.add_((held.matmul(kernel) * columns.narrow(1, column * Side, kernel.shape[1])).sum(1));
            }
        }
        return [.. sums.cpu().data<double>()];
    }

    private static long Parts(Tensor points) => (points.shape[0] - 1) / Side + 1;

    /// <summary>Some of the points, in float64.</summary>
    private static Tensor Part(Tensor points, long part) => points.narrow(0, part * Side, Math.Min(Side, points.shape[0] - part * Side)).to(ScalarType.Float64);

    private static Tensor Kernel(Tensor products, long size)
    {
        var root = products / size + 1;
        return root * root * root;
    }

    private static Tensor Taken(Tensor points, long[] rows) => points.index_select(0, tensor(rows, device: points.device));

    /// <summary>[subsets, N]: 1 where the subset holds the point.</summary>
    private static Tensor Members(long[][] subsets, Tensor points)
    {
        var members = zeros([subsets.Length, points.shape[0]], ScalarType.Float64);
        for (int i = 0; i < subsets.Length; i++) members[i].index_fill_(0, tensor(subsets[i]), 1);
        return members.to(points.device);
    }

    private static void Check(Tensor samples, Tensor reference)
    {
        PointSets.Check(samples, reference, Metric.Name);
        if (samples.shape[0] < 2) throw new InputException(Metric.Name, nameof(samples), "1", "at least 2");
        if (reference.shape[0] < 2) throw new InputException(Metric.Name, nameof(reference), "1", "at least 2");
    }
}
