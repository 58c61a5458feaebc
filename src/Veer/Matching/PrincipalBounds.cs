namespace Veer.Matching;

/// <summary>
/// A map of points to few coordinates in which they lie no farther apart: those along the directions in which a sample of them varies most, and
/// the length of the rest. Of images, a few hundredths of the numbers are left, and nearly all of the distance.
/// </summary>
/// <remarks>
/// Columns Q that are shortened until |Q| ≤ 1 leave |x|² = |Qᵀ x|² + |C x|², C = (I - Q Qᵀ)^½, and | |C x| - |C y| | ≤ |C (x - y)|. So x ↦ (Qᵀ x, |C x|) lengthens
/// no difference, whatever Q is. Sums in float32 go over 128 coordinates and then over these sums: with γ = (128 + D / 128 + 8) u, u = 2^-24, centring
/// included each coordinate of Qᵀ x is within γ |x|, all r of them within g |x|, g = γ √r, and the square of the last one within (2 g + g² + γ) |x|², less than
/// 2.2 g |x|². Errors add up both; the tenth more is far above what else rounds.
/// </remarks>
internal sealed class PrincipalBounds
{
    private const double UnitRoundoff = 1.0 / (1 << 24);

    /// <summary>Directions.</summary>
    private const int Directions = 128;

    /// <summary>Points that tell them, and times that these are multiplied with.</summary>
    private const int Sampled = 1024, Rounds = 2;

    /// <summary>Where less of the sample's variance lies along them, bounds would leave most pairs open.</summary>
    private const double LeastShare = 0.8;

    /// <summary>Squares of coordinates that are smaller in the mean lose digits in float32.</summary>
    private const double LeastSquare = 1e-30;

    /// <summary>Coordinates of a sum, and rows looked at at a time.</summary>
    private const int Terms = 128, Chunk = 1024;

    private readonly Tensor centre, basis;
    private readonly double error;

    private PrincipalBounds(Tensor centre, Tensor basis)
    {
        (this.centre, this.basis) = (centre, basis);
        double terms = Terms + (double)basis.shape[0] / Terms + 8;
        error = 1.1 * Math.Sqrt(Directions) * terms * UnitRoundoff;
    }

    /// <summary>The map, or null where it would save nothing.</summary>
    /// <param name="points">[M, D] float32, contiguous, on the CPU, finite.</param>
    /// <param name="queries">How many rows are compared with them.</param>
    public static PrincipalBounds? Fit(Tensor points, long queries)
    {
        long count = points.shape[0], dimensions = points.shape[1];
        // what all pairs save must be more than all rows cost
        if (dimensions < 4 * Directions || count < Sampled || queries * count < 4 * Directions * (queries + count)) return null;
        var centre = points.mean([0]);
        var sample = points.slice(0, 0, Sampled * (count / Sampled), count / Sampled) - centre;
        var basis = RandomKey.From(0, "principal-bounds").Normal(0, dimensions, [Directions]);
        for (int round = 0; round < Rounds; round++) basis = linalg.qr(sample.t().matmul(sample.matmul(basis))).Q;
        double along = sample.matmul(basis).square().sum().item<float>(), whole = sample.square().sum().item<float>();
        if (!(along > LeastShare * whole) || !(whole > LeastSquare * sample.numel())) return null;
        var exact = basis.to(ScalarType.Float64);
        double skew = (exact.t().matmul(exact) - eye(Directions, dtype: ScalarType.Float64)).norm().item<double>();
        return new(centre, basis * (1 - skew - 2 * Math.Sqrt(Directions) * UnitRoundoff));
    }

    /// <summary>Maps points.</summary>
    /// <param name="points">[N, D] float32, on the CPU.</param>
    /// <returns>[N, r] float32, and [N] by how much each may be off.</returns>
    public (Tensor Mapped, double[] Errors) Map(Tensor points)
    {
        var mapped = empty(points.shape[0], Directions + 1);
        var errors = empty(points.shape[0], ScalarType.Float64);
        for (long first = 0; first < points.shape[0]; first += Chunk)
        {
            using var scope = NewDisposeScope();
            long rows = Math.Min(Chunk, points.shape[0] - first);
            var centred = points.narrow(0, first, rows) - centre;
            Tensor along = zeros(rows, Directions), squares = zeros(rows, ScalarType.Float64);
            foreach (var (some, part) in centred.split(Terms, 1).Zip(basis.split(Terms)))
            {
                along.addmm_(some, part);
                squares.add_(some.square().sum(1));
            }
            var rest = (squares - along.to(ScalarType.Float64).square().sum(1)).clamp_min_(0).sqrt_();
            mapped.narrow(0, first, rows).narrow(1, 0, Directions).copy_(along);
            mapped.narrow(0, first, rows).select(1, Directions).copy_(rest);
            // the error of a root is that of its square over the root, and at most the root of that
            // squares that are too small to stand in float32 are none of the error's
            squares.add_(centred.shape[1] * (double)float.Epsilon);
            var ofSquare = squares * (2.2 * error);
            var ofRest = minimum(ofSquare.sqrt(), ofSquare / rest.clamp_min(double.Epsilon));
            errors.narrow(0, first, rows).copy_(squares.sqrt() * error + ofRest);
        }
        return (mapped, errors.data<double>().ToArray());
    }
}
