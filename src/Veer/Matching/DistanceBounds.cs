namespace Veer.Matching;

/// <summary>
/// Proven bounds of squared Euclidean distances from float32 matrix products, a block of pairs at a time. Pairs that they leave open are measured
/// by direct differences: so the products decide how fast an answer comes, never what it is. It lives in the dispose scope that it is made in.
/// </summary>
/// <remarks>
/// Rows are centred and scaled by a power of two, a distance by the same. With u = 2^-24 and s = |q|² + |p|², rounding the rows moves the squared distance by
/// at most 4 u s. The block holds the product of [-2 q, 1, a |q|²] and [p, a |p|², 1], a = 1 - slack. Its terms' sizes add up to at most 2 s, so it is
/// within 2 γ s of their exact sum, and the computed norms are within γ of the exact ones, γ = (D + 2) u / (1 - (D + 2) u) (Higham, Accuracy
/// and Stability of Numerical Algorithms, 3.1; any order of summation, fused or not). Where D is at most 2^20 these, and what slack itself loses to them,
/// stay below slack · s, slack = (4 D + 32) u. So a block's value is below the squared distance, and by no more than 2 slack s.
/// </remarks>
internal sealed class DistanceBounds
{
    private const double UnitRoundoff = 1.0 / (1 << 24);

    /// <summary>Where the proof ends: beyond, nothing is said and all pairs are measured.</summary>
    private const long MostDimensions = 1 << 20;

    /// <summary>Absolute slack in scaled units (the largest coordinate is 1 to 4): far above what underflow can lose.</summary>
    private const double Underflow = 1e-30;

    /// <summary>Values that are centred at a time: 16 MB.</summary>
    private const int CentredValues = 1 << 22;

    private readonly Tensor centre, right;
    private readonly double scale, slack;

    /// <param name="columns">[M, D] float32 or float64, on the CPU; one prepared float32 copy is made of them.</param>
    /// <param name="rows">[N, D] all rows that blocks will be asked for; often the columns themselves.</param>
    public DistanceBounds(Tensor columns, Tensor rows)
    {
        long dimensions = columns.shape[1];
        slack = (4.0 * dimensions + 32) * UnitRoundoff;
        // distances stay, products lose fewer digits
        centre = columns.mean([0]);
        double largest = ReferenceEquals(rows, columns) ? Largest(columns) : Math.Max(Largest(columns), Largest(rows));
        // a power of two, so that scaling is exact; not a number is below nothing, so that every pair is left open
        scale = !double.IsFinite(largest) || dimensions > MostDimensions ? double.NaN
            : largest > 0 ? Math.ScaleB(1, Math.Clamp(-Math.ILogB(largest), -126, 100)) : 1;
        right = empty(columns.shape[0], dimensions + 2);
        foreach (var (first, some) in Blocks(columns))
        {
            using var scope = NewDisposeScope();
            var (centred, norms) = Centred(some);
            var target = right.narrow(0, first, some.shape[0]);
            target.narrow(1, 0, dimensions).copy_(centred);
            target.narrow(1, dimensions, 1).copy_(norms);
            target.narrow(1, dimensions + 1, 1).fill_(1);
        }
    }

    /// <summary>The rows' side of the products, [n, D + 2].</summary>
    public Tensor Left(Tensor rows)
    {
        using var scope = NewDisposeScope();
        var (centred, norms) = Centred(rows);
        return cat([centred.mul_(-2), ones(rows.shape[0], 1), norms], 1).MoveToOuterDisposeScope();
    }

    /// <summary>Fills a block [n, m] with lower bounds in scaled units: the pairs of n prepared rows and the m columns from the first on.</summary>
    public void Fill(Tensor block, Tensor left, long first)
    {
        using var columns = right.narrow(0, first, block.shape[1]);
        using var across = columns.t();
        block.addmm_(left, across, beta: 0);
    }

    /// <summary>A pair whose lower bound is greater is farther apart than that; of any other pair nothing is said.</summary>
    /// <param name="squared">A squared distance, unscaled.</param>
    public float Reach(double squared) => MathF.BitIncrement((float)(squared * scale * scale + Underflow));

    /// <summary>A squared distance, unscaled; a pair whose lower bound and spreads of row and column add up to no more is no farther apart.</summary>
    /// <param name="squared">A squared distance, unscaled.</param>
    public double SureReach(double squared) => squared * scale * scale - Underflow;

    /// <summary>[n] how far the upper bounds are above the lower ones, the share of each prepared row.</summary>
    public double[] Spread(Tensor left) => SpreadOf(left, left.shape[1] - 1);

    /// <summary>[M] the share of each column.</summary>
    public double[] ColumnSpread() => SpreadOf(right, right.shape[1] - 2);

    private double[] SpreadOf(Tensor prepared, long norms)
    {
        using var scope = NewDisposeScope();
        return prepared.select(1, norms).to(ScalarType.Float64).mul_(2 * slack / (1 - slack)).data<double>().ToArray();
    }

    /// <summary>[n, D] and [n, 1] float32: the rows, and their squared norms less the slack.</summary>
    private (Tensor Rows, Tensor Norms) Centred(Tensor rows)
    {
        var centred = (rows - centre).mul_(scale).to(ScalarType.Float32);
        return (centred, centred.square().sum(1, keepdim: true).mul_(1 - slack));
    }

    private double Largest(Tensor rows)
    {
        double largest = 0;
        foreach (var (_, some) in Blocks(rows))
        {
            using var scope = NewDisposeScope();
            largest = Math.Max(largest, (some - centre).abs_().max().to(ScalarType.Float64).item<double>());
        }
        return largest;
    }

    private static IEnumerable<(long First, Tensor Rows)> Blocks(Tensor rows)
    {
        long count = rows.shape[0], block = Math.Max(1, CentredValues / rows.shape[1]);
        for (long first = 0; first < count; first += block)
        {
            using var some = rows.narrow(0, first, Math.Min(block, count - first));
            yield return (first, some);
        }
    }
}
