using CsCheck;
using Veer.Matching;
using Veer.Metrics;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Metrics;

/// <summary>Wasserstein distances on a line, where the quantile functions give them.</summary>
public class WassersteinLineTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void On_a_line_it_is_the_optimal_matchings(int order) => Gen.Double[-3, 3].Array[2, 60].SampleFixed(
        values =>
        {
            int n = values.Length / 2;
            double[] mine = values[..n], theirs = values[n..(2 * n)];
            Assert.Equal(ByMatching(mine, theirs, order), Wasserstein.Distance(Column(mine), Column(theirs), order), 1e-12);
        },
        iter: 30);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Of_unequal_sets_it_is_the_optimal_matching_of_their_copies(int order) => Gen.Double[-3, 3].Array[30].SampleFixed(
        values =>
        {
            double[] mine = values[..12], theirs = values[12..];
            double copied = ByMatching(Copies(mine, 3), Copies(theirs, 2), order);
            Assert.Equal(copied, Wasserstein.Distance(Column(mine), Column(theirs), order), 1e-12);
        },
        iter: 20);

    [Theory]
    [InlineData(3, 1)]
    [InlineData(0, 2)]
    [InlineData(2, 3)]
    [InlineData(-1, 0.5)]
    public void Of_two_gaussians_it_is_the_closed_form(double shift, double scale)
    {
        using var scope = NewDisposeScope();
        var (standard, other) = (Quantiles(20_000), Quantiles(30_000) * scale + shift);
        // the difference of the quantile functions is normal with this mean and deviation: its mean size, and its root mean square
        double deviation = Math.Abs(scale - 1);
        double first = deviation == 0
            ? Math.Abs(shift)
            : deviation * Math.Sqrt(2 / Math.PI) * Math.Exp(-shift * shift / (2 * deviation * deviation))
                + shift * (1 - 2 * special.ndtr(tensor(-shift / deviation)).item<double>());
        Assert.Equal(first, Wasserstein.Distance(standard, other, order: 1), 1e-3);
        Assert.Equal(Math.Sqrt(shift * shift + deviation * deviation), Wasserstein.Distance(standard, other), 1e-3);
    }

    [Fact]
    public void On_a_line_all_points_count_whatever_the_limit()
    {
        using var scope = NewDisposeScope();
        var (mine, theirs) = (Quantiles(5000), Quantiles(5000) * 2);
        Assert.Equal(Wasserstein.Distance(mine, theirs, 1), Wasserstein.Distance(mine, theirs, 1, limit: 10, seed: 4));
        // one point far away moves the mean by its share
        theirs = theirs.clone();
        double before = Wasserstein.Distance(mine, theirs, 1);
        theirs[4999, 0] += 50_000;
        Assert.Equal(before + 10, Wasserstein.Distance(mine, theirs, 1), 1e-9);
    }

    private static double ByMatching(double[] mine, double[] theirs, int order)
    {
        int n = mine.Length;
        double[] costs = [.. from x in mine from y in theirs select Math.Pow(Math.Abs(x - y), order)];
        int[] columns = Assignment.Solve(costs, n);
        return Math.Pow(columns.Select((column, row) => costs[row * n + column]).Sum() / n, 1.0 / order);
    }

    private static double[] Copies(double[] values, int times) => [.. values.SelectMany(value => Enumerable.Repeat(value, times))];

    private static Tensor Column(double[] values) => tensor(values).reshape(-1, 1);

    /// <summary>The standard normal's quantiles at the middles of n equal shares.</summary>
    private static Tensor Quantiles(int n) =>
        (special.erfinv((arange(n, ScalarType.Float64) + 0.5) * (2.0 / n) - 1) * Math.Sqrt(2)).reshape(-1, 1);
}
