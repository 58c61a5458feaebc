using static TorchSharp.torch;

namespace Veer.Metrics;

/// <summary>
/// The union of balls around points, each of them reaching its point's k-th nearest other point (Kynkäänniemi et al., arXiv 1904.06991,
/// Eq. 1). Distances come from float64 matrix products, a block of pairs at a time.
/// </summary>
/// <remarks>
/// With u = 2^-53, the computed |q|² + |p|² - 2 q·p is within 2 (D + 3) u (|q|² + |p|²) of the squared distance (Higham, Accuracy and
/// Stability of Numerical Algorithms, 3.1). Every ball is wider by what such errors of its own radius and of a point on its surface can
/// add up to, so that a point at just the radius (a copy of the neighbour that gave it) is inside, however sums are rounded; a ball of no
/// radius by 5e-8 sqrt(D) of its point's distance from the origin.
/// </remarks>
internal sealed class FeatureManifold
{
    private const double UnitRoundoff = 1.0 / (1L << 53);

    /// <summary>Distances held at a time: 32 MB in float64.</summary>
    private const long ChunkValues = 1 << 22;

    private readonly Tensor points, norms, reach;

    /// <param name="points">[M, D] float64, finite, their centre near the origin.</param>
    /// <param name="neighbors">k, 1 to M - 1.</param>
    public FeatureManifold(Tensor points, int neighbors)
    {
        this.points = points;
        norms = points.square().sum(1);
        // the point itself is the nearest of k + 1
        var squared = cat([.. Chunks(points).Select(chunk => Nearest(chunk, neighbors + 1))]).clamp_min(0);
        Radii = squared.sqrt();
        double error = 2 * (points.shape[1] + 3) * UnitRoundoff;
        // |q|² is at most 2 |p|² + 2 r² at the surface, and so is the squared norm of the neighbour that gave r
        reach = squared + (norms + squared) * (8 * error);
    }

    /// <summary>[M] float64: every point's distance to its k-th nearest other point.</summary>
    public Tensor Radii { get; }

    /// <summary>Keeps what it holds beyond the dispose scope that it was made in.</summary>
    public void MoveToOuterDisposeScope()
    {
        foreach (var tensor in (Tensor[])[norms, reach, Radii]) tensor.MoveToOuterDisposeScope();
    }

    /// <summary>The share of queries [N, D] float64 that lie in a ball: 0 to 1.</summary>
    public double ShareOf(Tensor queries)
    {
        long inside = 0;
        foreach (var chunk in Chunks(queries))
        {
            using var scope = NewDisposeScope();
            // how far each query is outside of each ball, squared; less its own norm
            var gaps = addmm(norms - reach, chunk, points.t(), 1, -2);
            inside += gaps.amin([1]).le(chunk.square().sum(1).neg()).sum().item<long>();
        }
        return (double)inside / queries.shape[0];
    }

    /// <summary>[n] squared distance of each row of a chunk to its k-th nearest point.</summary>
    private Tensor Nearest(Tensor chunk, int k)
    {
        using var scope = NewDisposeScope();
        var squared = addmm(norms, chunk, points.t(), 1, -2).add_(chunk.square().sum(1, keepdim: true));
        return squared.topk(k, 1, largest: false).values.amax([1]).MoveToOuterDisposeScope();
    }

    private IEnumerable<Tensor> Chunks(Tensor rows)
    {
        long count = rows.shape[0], chunk = Math.Max(1, ChunkValues / points.shape[0]);
        for (long first = 0; first < count; first += chunk) yield return rows.narrow(0, first, Math.Min(chunk, count - first));
    }
}
