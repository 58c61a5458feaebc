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
    private readonly double[] inverses;

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
    }

    /// <summary>The discrepancy of samples [N, F], at least two, from the real points.</summary>
    public double Of(Tensor samples)
    {
        using var scope = NewDisposeScope();
        return Of(Prepare(samples), real);
    }

    /// <summary>
    /// Standard deviation of the discrepancy of N samples that are of the real points' own distribution: sqrt(2 E k²) (1/N + 1/M), k the kernel less
    /// its means (Gretton et al., 2012, section 6).
    /// </summary>
    /// <param name="samples">N.</param>
    public double Chance(long samples)
    {
        using var scope = NewDisposeScope();
        var squared = SquaredDistances(real, real);
        long count = real.shape[0];
        var kernel = zeros_like(squared);
        foreach (double inverse in inverses) kernel.add_((squared * -inverse).exp_().div_(inverses.Length * Others(squared, inverse)));
        var means = kernel.mean([1], keepdim: true);
        kernel.sub_(means).sub_(means.t()).add_(means.mean());
        double square = (kernel.square().sum() - kernel.diagonal().square().sum()).item<double>() / ((double)count * (count - 1));
        return Math.Sqrt(2 * square) * (1.0 / samples + 1.0 / count);
    }

    /// <summary>The discrepancy of samples [N, F] from the real points, and its jackknife: that of both without each of some groups of them.</summary>
    /// <param name="samples">In a random order: every so many-th belongs to one group.</param>
    /// <param name="groups">Each leaves at least two of either.</param>
    /// <param name="cancellation">Stops between groups.</param>
    public (double All, IReadOnlyList<double> Without) Jackknife(Tensor samples, int groups, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var points = Prepare(samples);
        return (Of(points, real), [.. Enumerable.Range(0, groups).Select(Without)]);

        double Without(int group)
        {
            cancellation.ThrowIfCancellationRequested();
            using var rest = NewDisposeScope();
            return Of(Rest(points), Rest(real));

            Tensor Rest(Tensor rows) =>
                rows.index_select(0, arange(rows.shape[0], ScalarType.Int64, rows.device).remainder(groups).ne(group).nonzero().flatten());
        }
    }

    /// <summary>About the real points' mean, where differences keep their digits.</summary>
    private Tensor Prepare(Tensor points)
    {
        using var own = points.detach().to(ScalarType.Float64);
        return own - center;
    }

    private double Of(Tensor samples, Tensor reference)
    {
        Tensor ofSamples = SquaredDistances(samples, samples), ofReal = SquaredDistances(reference, reference), between = SquaredDistances(samples, reference);
        double sum = 0;
        foreach (double inverse in inverses)
        {
            using var width = NewDisposeScope();
            double own = Others(ofReal, inverse);
            sum += (Others(ofSamples, inverse) + own - 2 * (between * -inverse).exp_().mean().item<double>()) / own;
        }
        return sum / inverses.Length;
    }

    /// <summary>The mean kernel of two different points of one set.</summary>
    private static double Others(Tensor squared, double inverse)
    {
        long count = squared.shape[0];
        // a point's kernel with itself is 1
        return ((squared * -inverse).exp_().sum().item<double>() - count) / ((double)count * (count - 1));
    }

    private static Tensor SquaredDistances(Tensor from, Tensor to)
    {
        using var scope = NewDisposeScope();
        var squared = from.square().sum(1, keepdim: true) + to.square().sum(1).unsqueeze(0) - 2 * from.matmul(to.t());
        return squared.clamp_min_(0).MoveToOuterDisposeScope();
    }
}
