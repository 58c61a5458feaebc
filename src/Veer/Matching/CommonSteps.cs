namespace Veer.Matching;

/// <summary>
/// The intervals on which the quantile functions of N and of M values are both constant: their ends are the fractions i/N and j/M, so there
/// are at most N + M - 1, and for N = M just N of equal length.
/// </summary>
/// <param name="Mine">[S] int64: which of the N sorted values holds on each interval; null if N = M.</param>
/// <param name="Theirs">[S] int64: which of the M; null if N = M.</param>
/// <param name="Lengths">[S] float64: lengths of the intervals, of sum 1; null if N = M.</param>
internal sealed record CommonSteps(Tensor? Mine, Tensor? Theirs, Tensor? Lengths)
{
    public static CommonSteps Create(long n, long m, Device device)
    {
        if (n == m) return new(null, null, null);
        List<long> mine = [], theirs = [];
        List<double> lengths = [];
        // positions in units of 1 / (n · m), so that equal ends are equal
        long i = 0, j = 0, at = 0;
        while (i < n && j < m)
        {
            long myEnd = (i + 1) * m, theirEnd = (j + 1) * n, end = Math.Min(myEnd, theirEnd);
            mine.Add(i);
            theirs.Add(j);
            lengths.Add((double)(end - at) / n / m);
            at = end;
            if (myEnd == end) i++;
            if (theirEnd == end) j++;
        }
        return new(tensor(mine, device: device), tensor(theirs, device: device), tensor(lengths, device: device));
    }

    /// <summary>The squared W2 of each row.</summary>
    /// <param name="mine">[L, N] float64, each row ascending.</param>
    /// <param name="theirs">[L, M] float64, each row ascending.</param>
    /// <returns>[L] float64.</returns>
    public Tensor SquaredDistances(Tensor mine, Tensor theirs) => Mean(Gaps(mine, theirs).square());

    /// <summary>The W1 of each row; parameters as in <see cref="SquaredDistances"/>.</summary>
    public Tensor Distances(Tensor mine, Tensor theirs) => Mean(Gaps(mine, theirs).abs());

    private Tensor Gaps(Tensor mine, Tensor theirs) =>
        Mine is null || Theirs is null ? mine - theirs : mine.index_select(1, Mine) - theirs.index_select(1, Theirs);

    // a product with a vector is summed in an order that depends on where both lie in memory
    private Tensor Mean(Tensor costs) => Lengths is null ? costs.mean([1]) : costs.mul_(Lengths).sum([1]);
}
