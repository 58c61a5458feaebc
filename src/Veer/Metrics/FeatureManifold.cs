namespace Veer.Metrics;

/// <summary>
/// The union of balls around points, each of them reaching its point's k-th nearest other point (Kynkäänniemi et al., arXiv 1904.06991,
/// Eq. 1). Float64 matrix products tell which pairs are near an edge, a block of pairs at a time; those are measured by direct differences.
/// So the products decide how fast the answer comes, never what it is.
/// </summary>
/// <remarks>
/// With u = 2^-53 and centred q and p, the computed |q|² + |p|² - 2 q·p is within 2 (D + 3) u (|q|² + |p|²) of the squared distance (Higham,
/// Accuracy and Stability of Numerical Algorithms, 3.1). The rounding of the centred points, of the bounds and of the direct differences
/// adds less than 58 u (|q|² + |p|²) where the distance is near the radius. A direct distance is the same to the bit for any pair of the
/// same numbers, whatever stands beside it: a copy of the neighbour that gave a radius is at just the radius, and inside.
/// </remarks>
internal sealed class FeatureManifold
{
    private const double UnitRoundoff = 1.0 / (1L << 53);

    /// <summary>Distances held at a time: 32 MB in float64.</summary>
    private const long ChunkValues = 1 << 22;

    /// <summary>Far above what underflow can lose.</summary>
    private const double Underflow = 1e-300;

    private readonly Tensor points, centre, centred, norms, squaredRadii;
    private readonly double slack;

    /// <param name="points">[M, D] float32 or float64, finite; they are held, not copied.</param>
    /// <param name="neighbors">k, 1 to M - 1.</param>
    public FeatureManifold(Tensor points, int neighbors)
    {
        this.points = points;
        slack = 2 * (points.shape[1] + 32) * UnitRoundoff;
        // distances stay, products lose fewer digits
        centre = points.mean([0], type: ScalarType.Float64);
        centred = points.to(ScalarType.Float64) - centre;
        norms = centred.square().sum(1);
        // the point itself is the nearest of k + 1
        squaredRadii = cat([.. Chunks(points).Select(chunk => Nearest(chunk, neighbors + 1))]);
        Radii = squaredRadii.sqrt();
    }

    /// <summary>[M] float64: every point's distance to its k-th nearest other point.</summary>
    public Tensor Radii { get; }

    private Tensor[] Held => [centre, centred, norms, squaredRadii, Radii];

    /// <summary>Keeps what it holds beyond the dispose scope that it was made in.</summary>
    public void MoveToOuterDisposeScope()
    {
        foreach (var tensor in Held) tensor.MoveToOuterDisposeScope();
    }

    /// <summary>Keeps what it holds beyond every dispose scope.</summary>
    public void DetachFromDisposeScope()
    {
        foreach (var tensor in Held) tensor.DetachFromDisposeScope();
    }

    /// <summary>The share of queries [N, D] that lie in a ball: 0 to 1.</summary>
    public double ShareOf(Tensor queries)
    {
        long inside = 0;
        foreach (var chunk in Chunks(queries))
        {
            using var scope = NewDisposeScope();
            var (lower, spread, own) = Bounds(chunk);
            lower.sub_(squaredRadii);
            var sure = (lower + spread).le(-(1 + slack) * own - Underflow).any(1);
            // where the products leave it open, and no other ball is sure to hold the query
            var open = lower.le(-(1 - slack) * own + Underflow).logical_and_(sure.logical_not().unsqueeze(1));
            var measured = Measured(chunk, open).le(squaredRadii).any(1);
            inside += sure.logical_or_(measured).sum().item<long>();
        }
        return (double)inside / queries.shape[0];
    }

    /// <summary>[n] squared distance of each row of a chunk to its k-th nearest point.</summary>
    private Tensor Nearest(Tensor chunk, int k)
    {
        using var scope = NewDisposeScope();
        var (lower, spread, own) = Bounds(chunk);
        // k points are no farther than this
        var farthest = (lower + spread).topk(k, 1, largest: false).values.amax([1], keepdim: true);
        var open = lower.le(farthest + 2 * slack * own + Underflow);
        return Measured(chunk, open).topk(k, 1, largest: false).values.amax([1]).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Of the squared distances of queries and points, less the queries' own squared norms: lower bounds [n, M] but for (1 - slack) · own, how
    /// far the upper ones are above them [M] but for 2 · slack · own, and own [n, 1].
    /// </summary>
    private (Tensor Lower, Tensor Spread, Tensor Own) Bounds(Tensor chunk)
    {
        var queries = chunk.to(ScalarType.Float64) - centre;
        return (addmm(norms * (1 - slack), queries, centred.t(), 1, -2), norms * (2 * slack), queries.square().sum(1, keepdim: true));
    }

    /// <summary>[n, M] the squared distances of the chosen pairs by direct differences; infinity elsewhere.</summary>
    private Tensor Measured(Tensor chunk, Tensor chosen)
    {
        var squared = full(chosen.shape, double.PositiveInfinity, ScalarType.Float64, chosen.device);
        var pairs = chosen.nonzero();
        long count = pairs.shape[0], piece = Math.Max(1, ChunkValues / points.shape[1]);
        for (long first = 0; first < count; first += piece)
        {
            using var scope = NewDisposeScope();
            var some = pairs.narrow(0, first, Math.Min(piece, count - first)).unbind(1);
            var gaps = chunk.index_select(0, some[0]).to(ScalarType.Float64) - points.index_select(0, some[1]).to(ScalarType.Float64);
            squared.index_put_(SumOfRows(gaps.square()), some[0], some[1]);
        }
        return squared;
    }

    /// <summary>[n] from [n, D], which is overwritten: halves are added to halves, in an order that depends on D alone.</summary>
    private static Tensor SumOfRows(Tensor rows)
    {
        for (long size = rows.shape[1], half; size > 1; size = half)
        {
            half = (size + 1) / 2;
            rows.narrow(1, 0, size - half).add_(rows.narrow(1, half, size - half));
        }
        return rows.select(1, 0);
    }

    private IEnumerable<Tensor> Chunks(Tensor rows)
    {
        long count = rows.shape[0], chunk = Math.Max(1, ChunkValues / points.shape[0]);
        for (long first = 0; first < count; first += chunk) yield return rows.narrow(0, first, Math.Min(chunk, count - first));
    }
}
