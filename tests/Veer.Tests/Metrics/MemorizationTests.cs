using Veer.Data;
using Veer.Metrics;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Metrics;

public class MemorizationTests
{
    /// <remarks>
    /// With the points of <see cref="Waves"/>, SciPy 1.10:
    /// <code>
    /// ds, du, dt = np.sort(cdist(samples, train)), np.sort(cdist(unseen, train)), cdist(train, train)
    /// nearest = cdist(samples, train).argmin(1); np.fill_diagonal(dt, np.inf)
    /// auth = (ds[:, 0] > dt.min(1)[nearest]).mean()
    /// ct = stats.norm.ppf(stats.mannwhitneyu(ds[:, 0], du[:, 0], alternative="less", method="asymptotic", use_continuity=False).pvalue)
    /// rs, ru = (d[:, 0] / d[:, :50].mean(1) for d in (ds, du)); ratio = (rs &lt;= np.sort(ru)[0]).mean()
    /// memorization = ds[:, 0].mean() / du[:, 0].mean()
    /// </code>
    /// </remarks>
    [Fact]
    public void SciPy_gives_the_same_of_points_with_copies_and_duplicates()
    {
        using var scope = NewDisposeScope();
        var (samples, training, unseen) = (Waves.Samples(), Waves.Training(), Waves.Unseen());
        Assert.Equal(0.5428571428571428, AuthenticShare.Share(samples, training), 1e-12);
        Assert.Equal(-0.40124332895531556, CopyTest.Score(samples, training, unseen), 1e-10);
        Assert.Equal(0.14285714285714285, NeighborRatio.Share(samples, training, unseen), 1e-12);
        Assert.Equal(0.9645716861562834, MemorizationRatio.Compute(samples, training, unseen), 1e-12);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(12)]
    public void New_points_of_the_same_distribution_are_like_unseen_ones(int dimensions)
    {
        using var scope = NewDisposeScope();
        var all = Measured(Points("new", 1000, dimensions), dimensions);
        // where points lie evenly in the plane, two are each other's nearest with probability 6π / (8π + 3√3)
        if (dimensions == 2) Assert.Equal(1 - 6 * Math.PI / (8 * Math.PI + 3 * Math.Sqrt(3)), all.Authentic, 0.05);
        else Assert.InRange(all.Authentic, 0.5, 0.8);
        Assert.InRange(all.Copies, -2.5, 2.5);
        Assert.InRange(all.Near, 0, 0.03);
        Assert.InRange(all.Memorization, 0.9, 1.1);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(12)]
    public void Copies_are_seen_by_every_metric(int dimensions)
    {
        using var scope = NewDisposeScope();
        var training = Points("training", 600, dimensions);
        var all = Measured(training.narrow(0, 0, 400), dimensions);
        Assert.Equal((0.0, 1.0, 0.0), (all.Authentic, all.Near, all.Memorization));
        Assert.True(all.Copies < -20);
        // a little noise hides nothing
        var noisy = Measured(training.narrow(0, 0, 400) + 1e-3 * Points("noise", 400, dimensions), dimensions);
        Assert.InRange(noisy.Authentic, 0, 0.05);
        Assert.InRange(noisy.Memorization, 0, 0.1);
        Assert.True(noisy.Copies < -15);
        // one copy of two samples moves each half of the way
        var half = Measured(cat([training.narrow(0, 0, 300), Points("new", 300, dimensions)]), dimensions);
        Assert.InRange(half.Memorization, 0.42, 0.58);
        Assert.InRange(half.Near, 0.5, 0.53);
        Assert.InRange(half.Copies, -18, -7);
    }

    [Fact]
    public void Samples_far_out_are_no_copies()
    {
        using var scope = NewDisposeScope();
        var all = Measured(Points("new", 400, 5) + 3, 5);
        Assert.True(all.Authentic > 0.9 && all.Copies > 15 && all.Memorization > 2);
        Assert.Equal(0, all.Near);
    }

    [Fact]
    public void A_mirrored_test_changes_its_sign_and_equal_distances_give_zero()
    {
        using var scope = NewDisposeScope();
        var (samples, training, unseen) = (Points("new", 70, 3), Points("training", 200, 3), Points("unseen", 50, 3) * 1.2);
        double score = CopyTest.Score(samples, training, unseen);
        Assert.Equal(-score, CopyTest.Score(unseen, training, samples), 1e-12);
        Assert.Equal(0, CopyTest.Score(samples, training, samples), 1e-12);
        Assert.Equal(0, CopyTest.Score(training.narrow(0, 0, 9), training, training.narrow(0, 20, 5)));
        // 1, 2 against 3, 4: U = 0 of 4, variance 2 · 2 · 5 / 12
        Assert.Equal(-2 / Math.Sqrt(5.0 / 3), CopyTest.Score(Line(1, 2), Line(0), Line(3, 4)), 1e-12);
    }

    [Fact]
    public void Near_a_duplicate_only_exact_copies_are_not_authentic()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(0.5, AuthenticShare.Share(Line(1, 1.1), Line(1, 1, 5)));
        // at just the distance of the nearest one's own neighbour
        Assert.Equal(0, AuthenticShare.Share(Line(0), Line(1, 2)));
        Assert.Equal(0, NeighborRatio.Share(Line(1.5), Line(1, 1, 1), Line(1, 9)));
        Assert.Equal(1, NeighborRatio.Share(Line(1), Line(1, 1, 1), Line(2, 9)));
    }

    [Fact]
    public void The_limit_is_the_ratio_of_the_lowest_hundredth_of_unseen_points()
    {
        using var scope = NewDisposeScope();
        // beside training points 0 and 1, x between them has ratio 2 min(x, 1 - x)
        var unseen = (arange(1, 301, ScalarType.Float64) / 1000).unsqueeze(1);
        Assert.Equal(0.5, NeighborRatio.Share(Line(0.002, 0.0029, 0.0031, 0.2), Line(0, 1), unseen));
        Assert.Equal(0.25, NeighborRatio.Share(Line(0.0009, 0.0011, 0.2, 0.4), Line(0, 1), unseen.narrow(0, 0, 60)));
    }

    [Fact]
    public void One_training_point_is_enough_for_distances_alone()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(2, MemorizationRatio.Compute(Line(4), Line(0), Line(2, -2)));
        Assert.Equal(0, CopyTest.Score(Line(2), Line(0), Line(-2)));
        Refusal.Of(() => AuthenticShare.Share(Line(1), Line(0)), "auth-pct: training points: found 1, expected at least 2");
        Refusal.Of(() => NeighborRatio.Share(Line(1), Line(0), Line(2)), "nn-ratio: training points: found 1, expected at least 2");
    }

    [Fact]
    public void Sets_that_say_nothing_are_refused_in_one_line()
    {
        using var scope = NewDisposeScope();
        Refusal.Of(() => MemorizationRatio.Compute(Line(1), Line(0, 1), Line(1, 0)), "memorization-ratio: unseen points: found training points alone");
        Refusal.Of(() => CopyTest.Score(zeros(0, 1), Line(0), Line(2)), "ct: samples: found none, expected at least 1");
        Refusal.Of(() => CopyTest.Score(Line(double.NaN), Line(0), Line(2)), "ct: row 0 of the samples: found a value that is not finite");
        Assert.Throws<ArgumentException>(() => AuthenticShare.Share(zeros(3, 2), zeros(3, 4)));
        foreach (var metric in Metrics) Assert.Throws<ArgumentException>(() => metric.Measure!(new(Set(Line(1)), new(Set(Line(2))))));
    }

    [Fact]
    public void A_set_that_is_measured_gives_the_same_numbers_and_those_of_each_sample()
    {
        using var scope = NewDisposeScope();
        var (samples, training, unseen) = (Waves.Samples(), Waves.Training(), Waves.Unseen());
        var real = new MetricReference(Set(unseen)) { Training = training, Unseen = unseen };
        foreach (int repeat in (int[])[0, 1])
        {
            using var inner = NewDisposeScope();
            var set = new MetricSet(Set(samples), real);
            var found = Metrics.Select(metric => metric.Measure!(set)).ToArray();
            Assert.Equal(
                [AuthenticShare.Share(samples, training), CopyTest.Score(samples, training, unseen), NeighborRatio.Share(samples, training, unseen), MemorizationRatio.Compute(samples, training, unseen)],
                found.Select(one => Math.Round(one.Value, 15)), (a, b) => Math.Abs(a - b) < 1e-12);
            Assert.Equal([35L, null, 35L, 35L], found.Select(one => one.Each?.shape[0]));
            // the copies stand last
            Assert.Equal(0, found[3].Each!.narrow(0, 30, 5).sum().item<double>());
            Assert.Equal(5, found[2].Each!.narrow(0, 30, 5).sum().item<double>());
        }
    }

    private static Metric[] Metrics => [AuthenticShare.Metric, CopyTest.Metric, NeighborRatio.Metric, MemorizationRatio.Metric];

    private static (double Authentic, double Copies, double Near, double Memorization) Measured(Tensor samples, int dimensions)
    {
        var (training, unseen) = (Points("training", 600, dimensions), Points("unseen", 500, dimensions));
        return (AuthenticShare.Share(samples, training), CopyTest.Score(samples, training, unseen),
            NeighborRatio.Share(samples, training, unseen), MemorizationRatio.Compute(samples, training, unseen));
    }

    private static LabeledData Set(Tensor points) => new(points, zeros(points.shape[0], ScalarType.Int64), 1);

    private static Tensor Line(params double[] values) => tensor(values).unsqueeze(1);

    private static Tensor Points(string purpose, long count, int dimensions) => RandomKey.From(14, purpose).Normal(0, count, [dimensions]);
}
