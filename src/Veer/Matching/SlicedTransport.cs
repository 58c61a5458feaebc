namespace Veer.Matching;

/// <summary>
/// Transport between two sets along lines: in one dimension the optimal one takes a sort. The squared W2 of the projections, averaged over unit
/// directions, is the square of the sliced Wasserstein distance (Rabin et al., 2011; Bonneel et al., 2015).
/// </summary>
internal static class SlicedTransport
{
    /// <summary>Directions, unless said otherwise.</summary>
    public const int DefaultDirections = 512;

    /// <summary>Projected values sorted at a time: 32 MB in float64.</summary>
    private const long ChunkValues = 1 << 22;

    /// <summary>The mean squared W2 of the projections.</summary>
    /// <param name="samples">[N, D], finite, N at least 1.</param>
    /// <param name="reference">[M, D], finite, M at least 1.</param>
    /// <param name="directions">Number of directions, at least 1; in one dimension there is only one.</param>
    /// <param name="seed">Draws the directions in three and more dimensions.</param>
    public static double SquaredDistance(Tensor samples, Tensor reference, int directions = DefaultDirections, long seed = 0)
    {
        using var scope = NewDisposeScope();
        var axes = Directions(samples.shape[1], directions, seed).to(samples.device);
        var points = samples.detach().to(ScalarType.Float64);
        var others = reference.detach().to(ScalarType.Float64).to(samples.device);
        var steps = CommonSteps.Create(samples.shape[0], reference.shape[0], samples.device);

        long chunk = Math.Max(1, ChunkValues / Math.Max(points.shape[0], others.shape[0])), count = axes.shape[0];
        double sum = 0;
        for (long first = 0; first < count; first += chunk)
        {
            using var part = NewDisposeScope();
            var few = axes.narrow(0, first, Math.Min(chunk, count - first));
            var mine = matmul(few, points.t()).sort(1).Values;
            var theirs = matmul(few, others.t()).sort(1).Values;
            sum += steps.SquaredDistances(mine, theirs).sum().item<double>();
        }
        return sum / count;
    }

    /// <summary>[directions, dimensions] float64 unit vectors: evenly spaced in two dimensions, keyed normal noise of length 1 in more.</summary>
    private static Tensor Directions(long dimensions, int directions, long seed)
    {
        if (dimensions == 1) return ones(1, 1, ScalarType.Float64);
        if (dimensions == 2)
        {
            var angles = (arange(directions, ScalarType.Float64) + 0.5) * (Math.PI / directions);
            return stack([angles.cos(), angles.sin()], 1);
        }
        var normal = RandomKey.From(seed, "sliced-wasserstein").Normal(0, directions, [dimensions]).to(ScalarType.Float64);
        return normal / normal.square().sum(1, keepdim: true).sqrt();
    }
}
