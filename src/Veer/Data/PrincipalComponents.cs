namespace Veer.Data;

/// <summary>
/// The directions in which data vary most (Pearson 1901), as an orthonormal linear map to few coordinates and back. One common factor
/// scales the coordinates so that their variance is 1 on average: networks see numbers of order one, and distances keep their ratios.
/// The object owns its tensors.
/// </summary>
public sealed class PrincipalComponents : IDisposable
{
    // rows that are widened to float64 at a time
    private const long Chunk = 8192;

    private PrincipalComponents(Tensor mean, Tensor components, Tensor variance, double scale, double share)
    {
        Mean = mean.DetachFromDisposeScope();
        Components = components.DetachFromDisposeScope();
        ExplainedVariance = variance.DetachFromDisposeScope();
        Scale = scale;
        ExplainedShare = share;
    }

    /// <summary>The points' mean: [P] float32.</summary>
    public Tensor Mean { get; }

    /// <summary>
    /// Orthonormal rows, the direction of largest variance first: [D, P] float32. The entry of largest magnitude of each is positive.
    /// </summary>
    public Tensor Components { get; }

    /// <summary>Variance of the points along each component, in their own units squared (divided by N - 1): [D] float64.</summary>
    public Tensor ExplainedVariance { get; }

    /// <summary>The points' units per unit of a coordinate: the square root of the mean of <see cref="ExplainedVariance"/>.</summary>
    public double Scale { get; }

    /// <summary>Share of the points' whole variance that the components keep: 0 to 1.</summary>
    public double ExplainedShare { get; }

    /// <summary>Finds the components. Sums and decompositions are in float64.</summary>
    /// <param name="points">[N, P], at least two rows that are not all equal.</param>
    /// <param name="components">D, at most P.</param>
    public static PrincipalComponents Fit(Tensor points, int components)
    {
        if (points.dim() != 2 || points.shape[0] < 2)
            throw new ArgumentException("expected points [N, P] with N of at least 2", nameof(points));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(components);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(components, points.shape[1]);
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var mean = points.mean([0], type: ScalarType.Float64);
        var (variances, directions) = points.shape[0] < points.shape[1] && components <= points.shape[0] ? OfFew(points, mean) : OfMany(points, mean);
        var (variance, rows) = (variances.narrow(0, 0, components), directions.narrow(0, 0, components));
        double total = variances.sum().item<double>(), kept = variance.sum().item<double>();
        if (!(kept > 0)) throw new ArgumentException("the points do not vary, or are not finite", nameof(points));
        var peaks = rows.gather(1, rows.abs().argmax(1, keepdim: true));
        var oriented = (rows * peaks.sign()).to(ScalarType.Float32).contiguous();
        return new PrincipalComponents(mean.to(ScalarType.Float32), oriented, variance, Math.Sqrt(kept / components), kept / total);
    }

    /// <summary>Coordinates of points: (x - Mean) · Componentsᵀ / Scale.</summary>
    /// <param name="points">[N, P].</param>
    /// <returns>[N, D] float32.</returns>
    public Tensor Project(Tensor points)
    {
        using var scope = NewDisposeScope();
        return points.sub(Mean).to(ScalarType.Float32).matmul(Components.t()).div_(Scale).MoveToOuterDisposeScope();
    }

    /// <summary>Points from their coordinates: Mean + z · <see cref="Decoder"/>; the inverse of <see cref="Project"/>.</summary>
    /// <param name="coordinates">[N, D].</param>
    /// <returns>[N, P] float32.</returns>
    public Tensor Reconstruct(Tensor coordinates)
    {
        using var scope = NewDisposeScope();
        return coordinates.to(ScalarType.Float32).matmul(Decoder()).add_(Mean).MoveToOuterDisposeScope();
    }

    /// <summary>Scale · Components, a new tensor [D, P]: with Mean, all that is needed to map coordinates back.</summary>
    public Tensor Decoder() => Components * Scale;

    /// <summary>Frees the tensors.</summary>
    public void Dispose()
    {
        Mean.Dispose();
        Components.Dispose();
        ExplainedVariance.Dispose();
    }

    /// <summary>All variances, descending, and their directions in rows: of the covariance.</summary>
    private static (Tensor Variances, Tensor Directions) OfMany(Tensor points, Tensor mean)
    {
        var (variances, directions) = linalg.eigh(Covariance(points, mean));
        // rounding may leave a vanishing variance below zero
        return (variances.flip(0).clamp_min(0), directions.t().flip(0));
    }

    /// <summary>The same of fewer points than dimensions, whose covariance would be large and singular: by singular values of the points.</summary>
    private static (Tensor Variances, Tensor Directions) OfFew(Tensor points, Tensor mean)
    {
        var (_, values, directions) = linalg.svd(points.to(ScalarType.Float64) - mean, fullMatrices: false);
        return (values.square().div_(points.shape[0] - 1), directions);
    }

    private static Tensor Covariance(Tensor points, Tensor mean)
    {
        using var scope = NewDisposeScope();
        long count = points.shape[0];
        var sum = zeros_like(mean).unsqueeze(1).mul(mean);
        for (long at = 0; at < count; at += Chunk)
        {
            using var step = NewDisposeScope();
            var centred = points.narrow(0, at, Math.Min(Chunk, count - at)).to(ScalarType.Float64) - mean;
            sum.addmm_(centred.t(), centred);
        }
        return sum.div_(count - 1).MoveToOuterDisposeScope();
    }
}
