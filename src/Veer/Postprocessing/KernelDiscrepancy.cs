using Veer.Matching;

namespace Veer.Postprocessing;

/// <summary>
/// How far samples are from real points at every scale that the real points have: the squared maximum mean discrepancy (Gretton et al., 2012) of
/// Gaussian kernels, unbiased, over the real points' own mean kernel, averaged over widths from the distance of neighbours to that of any two points.
/// </summary>
/// <remarks>
/// It is 0 where both are of one distribution, whatever their number, and may fall below; samples that lie nowhere near are at 1 or beyond, as are ones
/// that clump. Transport distances of a few hundred points are mostly the chance of how many points each region has, which hides whether
/// samples lie where real points lie; the narrow kernels see that.
/// </remarks>
internal sealed class KernelDiscrepancy
{
    /// <summary>Widths, in equal ratios.</summary>
    private const int Scales = 4;

    /// <summary>The least width over the largest, where most points have equals.</summary>
    private const double Narrowest = 1e-3;

    private readonly Tensor center, real;
    private readonly double[] inverses, units;
    private GroupSums[]? ofReal;

    /// <param name="real">[M, F] finite real points, M at least 2; they tell the scales.</param>
    public KernelDiscrepancy(Tensor real)
    {
        using var scope = NewDisposeScope();
        center = real.to(ScalarType.Float64).mean([0], keepdim: true).MoveToOuterDisposeScope();
        this.real = Prepare(real).MoveToOuterDisposeScope();
        var rows = real.detach();
        double near = Neighbors.Search(rows, rows, 2).Distances.select(1, 1).median().item<float>();
        double far = Math.Sqrt(Math.Max(0, SquaredDistances(this.real, this.real).median().item<double>()));
        if (far == 0) far = 1;
        near = Math.Clamp(near, Narrowest * far, far);
        inverses = [.. Enumerable.Range(0, Scales).Select(i => near * Math.Pow(far / near, i / (Scales - 1.0))).Select(width => 0.5 / (width * width))];
        // one over its share of the real points' own mean kernel
        units = [.. Sums(this.real, this.real, groups: 1).Select(sums => 1 / (sums.Others(null) * inverses.Length))];
    }

    /// <summary>The discrepancy of samples [N, F], at least two, from the real points.</summary>
    public double Of(Tensor samples)
    {
        using var scope = NewDisposeScope();
        var (own, between, _) = Rows(Prepare(samples));
        return Sum(own, between);
    }

    /// <summary>
    /// The discrepancy of samples, and what each of them and each real point adds to it by chance, [N + M]: of two sets that were made of the same points
    /// the length of the difference is the standard error of the discrepancies' difference, to first order.
    /// </summary>
    public (double All, Tensor Parts) Parts(Tensor samples)
    {
        using var scope = NewDisposeScope();
        var (own, between, back) = Rows(Prepare(samples));
        var parts = cat([Part((own - between) * 2), Part(back * -2)]);
        return (Sum(own, between), parts.MoveToOuterDisposeScope());

        static Tensor Part(Tensor rows) => (rows - rows.mean()) / rows.shape[0];
    }

    /// <summary>The discrepancy of samples [N, F] from the real points, and its jackknife: that of both without each of some groups of them.</summary>
    /// <param name="samples">In a random order: every so many-th belongs to one group.</param>
    /// <param name="groups">Each leaves at least two of either.</param>
    /// <param name="cancellation">Stops between groups.</param>
    public (double All, IReadOnlyList<double> Without) Jackknife(Tensor samples, int groups, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var points = Prepare(samples);
        // of each width the kernel's sums over pairs of groups tell those without any group
        if (ofReal is null || ofReal[0].Groups != groups) ofReal = Sums(real, real, groups, cancellation);
        var (ofSamples, between) = (Sums(points, points, groups, cancellation), Sums(points, real, groups, cancellation));
        return (Value(null), [.. Enumerable.Range(0, groups).Select(group => Value(group))]);

        double Value(int? without) => 1 + Enumerable.Range(0, inverses.Length).Average(width =>
            (ofSamples[width].Others(without) - 2 * between[width].Mean(without)) / ofReal[width].Others(without));
    }

    /// <summary>Of each width the kernel's sums over the pairs of groups, every so many-th row and column in one.</summary>
    private GroupSums[] Sums(Tensor rows, Tensor columns, int groups, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        using var scope = NewDisposeScope();
        var (squared, ofRows, ofColumns) = (SquaredDistances(rows, columns), Members(rows), Members(columns));
        return [.. inverses.Select(inverse =>
        {
            using var width = NewDisposeScope();
            return new GroupSums(ofRows.matmul((squared * -inverse).exp_()).matmul(ofColumns.t()), ofRows.sum(1), ofColumns.sum(1));
        })];

        Tensor Members(Tensor points) =>
            nn.functional.one_hot(arange(points.shape[0], ScalarType.Int64, points.device).remainder(groups), groups).to(ScalarType.Float64).t();
    }

    /// <summary>About the real points' mean, where differences keep their digits.</summary>
    private Tensor Prepare(Tensor points)
    {
        using var own = points.detach().to(ScalarType.Float64);
        return own - center;
    }

    /// <summary>The real points' own mean kernel is 1.</summary>
    private static double Sum(Tensor own, Tensor between) => (own.mean() + 1 - between.mean() * 2).item<double>();

    /// <summary>Over widths, in units of the real points' own mean kernel: each sample's mean kernel with other samples, with real points, and each real point's with samples.</summary>
    private (Tensor Own, Tensor Between, Tensor Back) Rows(Tensor samples)
    {
        Tensor ofSamples = SquaredDistances(samples, samples), distances = SquaredDistances(samples, real);
        long count = samples.shape[0];
        var (own, between, back) = (zeros(count, samples.dtype, samples.device), zeros(count, samples.dtype, samples.device), zeros(real.shape[0], samples.dtype, samples.device));
        foreach (var (inverse, unit) in inverses.Zip(units))
        {
            using var width = NewDisposeScope();
            // a point's kernel with itself is 1
            own.add_(((ofSamples * -inverse).exp_().sum(1) - 1).mul_(unit / (count - 1)));
            var kernel = (distances * -inverse).exp_();
            between.add_(kernel.mean([1]).mul_(unit));
            back.add_(kernel.mean([0]).mul_(unit));
        }
        return (own, between, back);
    }

    /// <summary>Sums of a kernel over the pairs of two groups, one of each side.</summary>
    private sealed class GroupSums(Tensor sums, Tensor rows, Tensor columns)
    {
        private readonly double[] sums = sums.cpu().flatten().data<double>().ToArray(), rows = rows.cpu().data<double>().ToArray(), columns = columns.cpu().data<double>().ToArray();

        public int Groups => rows.Length;

        /// <summary>The mean kernel of one point of each side.</summary>
        /// <param name="without">A group that is left out.</param>
        public double Mean(int? without) => Sum(without) / (Count(rows, without) * Count(columns, without));

        /// <summary>The mean kernel of two different points, where both sides are the same.</summary>
        /// <param name="without">A group that is left out.</param>
        public double Others(int? without)
        {
            // a point's kernel with itself is 1
            double count = Count(rows, without);
            return (Sum(without) - count) / (count * (count - 1));
        }

        private double Sum(int? without) => sums.Where((_, pair) => pair / Groups != without && pair % Groups != without).Sum();

        private static double Count(double[] sizes, int? without) => sizes.Where((_, group) => group != without).Sum();
    }

    private static Tensor SquaredDistances(Tensor from, Tensor to)
    {
        using var scope = NewDisposeScope();
        var squared = from.square().sum(1, keepdim: true) + to.square().sum(1).unsqueeze(0) - 2 * from.matmul(to.t());
        return squared.clamp_min_(0).MoveToOuterDisposeScope();
    }
}
