using Veer.Metrics;

namespace Veer.Evaluation;

/// <summary>
/// How far numbers would move if everything were drawn anew: a metric is measured again and again on random subsets, without replacement, of
/// samples and of real points, and the spread of these numbers is brought to the size of the whole sets: the jackknife that deletes many (Shao and Wu,
/// Ann. Statist. 17, 1989).
/// </summary>
/// <remarks>
/// <para>The bootstrap proper draws with replacement. Its copies are neighbours of each other at distance 0, so that every metric of nearest
/// neighbours collapses, and they take rank off covariances, so that Fréchet distances rise: the interval misses its own number. Subsets have
/// no copies.</para>
/// <para>A mean over n of N numbers, drawn without replacement, has the variance s² (1/n - 1/N), and the mean of all has s²/N. So the
/// variance over subsets times (1/N) / (1/n - 1/N) is that of the whole number; of halves, both are equal. What a metric looks at is at
/// most its <see cref="Metric.MostSamples"/>. Distances between sets of one distribution fall faster with n than others, so that their intervals are too wide.</para>
/// </remarks>
/// <param name="Divisor">N / n.</param>
/// <param name="Count">Number of subsets.</param>
internal sealed record Subsampling(int Divisor, int Count)
{
    /// <summary>Fewer points than this make no subset that stands for the whole.</summary>
    private const int LeastRows = 20;

    /// <summary>Student's 97.5 % points of one to four degrees of freedom, over 1.96.</summary>
    private static readonly double[] FewDegrees = [6.4829, 2.1953, 1.6237, 1.4166];

    /// <summary>Products of numbers up to which halves are measured, then quarters, then tenths.</summary>
    private const double Halves = 2e11, Quarters = 5e12;

    /// <summary>The subsets that are worth their time: of large sets few and small ones.</summary>
    /// <param name="samples">N.</param>
    /// <param name="real">M.</param>
    /// <param name="dimensions">D.</param>
    /// <param name="count">Number of subsets where they are cheap.</param>
    public static Subsampling? For(long samples, long real, long dimensions, int count)
    {
        if (count < 2 || Math.Min(samples, real) < 2 * LeastRows) return null;
        double products = Products(samples, real, dimensions);
        int most = (int)Math.Min(samples, real) / LeastRows;
        return products < Halves ? new(2, count) : products < Quarters ? new(Math.Min(4, most), count) : new(Math.Min(10, most), Math.Max(2, count / 2));
    }

    /// <summary>What measuring N samples against M real points of D numbers comes to: of all pairs, with what every pair takes beside.</summary>
    public static double Products(long samples, long real, long dimensions) => (double)(samples + real) * (samples + real) * (dimensions + 100);

    /// <summary>The standard error of a number of all samples.</summary>
    /// <param name="replicates">The numbers of the subsets.</param>
    /// <param name="rows">N, or the number of real points where it is smaller.</param>
    /// <param name="most">What the metric looks at, at most.</param>
    public double Error(IReadOnlyList<double> replicates, long rows, long most)
    {
        double whole = 1.0 / Math.Min(rows, most), part = 1.0 / Math.Min(rows / Divisor, most);
        return Student(replicates.Count) * Math.Sqrt(Spread.Variance(replicates) * whole / (part - 1.0 / rows));
    }

    /// <summary>How much wider an interval is where few subsets tell the error: Student's 97.5 % point over that of a normal distribution, to 0.2 %.</summary>
    private static double Student(int count)
    {
        int degrees = count - 1;
        // Cornish and Fisher's series, in 1 / degrees; it is not good enough for the first four
        return degrees <= FewDegrees.Length ? FewDegrees[degrees - 1] : 1 + (1.210 + (1.440 + 1.304 / degrees) / degrees) / degrees;
    }

    /// <summary>The rows of a subset: the same for every set of that size, so that differences between sets are paired.</summary>
    /// <param name="purpose">Of what.</param>
    /// <param name="seed">Of the draw.</param>
    /// <param name="index">Which subset.</param>
    /// <param name="rows">Number of rows to draw from.</param>
    public long[] Rows(string purpose, long seed, int index, long rows) => KeyedSubset.Rows(RandomKey.From(seed, purpose).At(index), rows, rows / Divisor);
}
