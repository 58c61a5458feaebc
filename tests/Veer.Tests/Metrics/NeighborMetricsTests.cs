using Veer.Data;
using Veer.Metrics;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Metrics;

public class NeighborMetricsTests
{
    /// <summary>By Golden/neighbor_metrics.py: pair by pair in fractions. The last is how many samples fill the balls as well, at least.</summary>
    public static TheoryData<string, double, double, double, int> Golden => new()
    {
        { "file", 0.951764705882353, 0.9266666666666666, 1, 136 },
        { "file, swapped", 0.3293333333333333, 0.4647058823529412, 0.3061611374407583, 42 },
        { "grid", 0.8893617021276595, 0.8833333333333333, 0.7337442831576855, 36 },
        // many points stand where others do, and many are as far as the k-th neighbour
        { "crowded grid", 0.255, 0.31666666666666665, 0.16548042704626334, 7 },
    };

    [Theory]
    [MemberData(nameof(Golden))]
    public void Definitions_taken_at_their_word_give_the_same(string name, double density, double coverage, double clippedDensity, int fillAsWell)
    {
        using var scope = NewDisposeScope();
        var golden = GoldenFile.Load("metrics_a.safetensors");
        var (real, samples) = name switch
        {
            "file" => (golden["real"], golden["fake"]),
            "file, swapped" => (golden["fake"], golden["real"]),
            "grid" => (Grid(60, 5, 7, 23), Grid(47, 3, 11, 29)),
            _ => (Grid(60, 5, 7, 6), Grid(40, 3, 11, 7)),
        };
        Assert.Equal(density, NeighborDensity.Compute(samples, real), 1e-12);
        Assert.Equal(coverage, NeighborCoverage.Compute(samples, real), 1e-12);
        Assert.Equal(clippedDensity, ClippedDensity.Compute(samples, real), 1e-12);
        double filled = ClippedCoverage.Compute(samples, real) * samples.shape[0];
        Assert.InRange(filled, fillAsWell, fillAsWell + 1);
        // all four from the pass that precision and recall take too
        var set = Set(samples, real);
        Assert.Equal(PrecisionRecall.Compute(samples, real).Precision, Measure(PrecisionRecall.PrecisionMetric, set));
        Assert.Equal(density, Measure(NeighborDensity.Metric, set), 1e-12);
        Assert.Equal(coverage, Measure(NeighborCoverage.Metric, set), 1e-12);
        Assert.Equal(clippedDensity, Measure(ClippedDensity.Metric, set), 1e-12);
        Assert.Equal(filled, Measure(ClippedCoverage.Metric, set) * samples.shape[0], 1e-9);
        Assert.Equal(PrecisionRecall.Compute(samples, real).Recall, Measure(PrecisionRecall.RecallMetric, set));
    }

    [Theory]
    [InlineData(1, 7, 5, 0.14285714285714285)]
    [InlineData(10, 20, 5, 0.4868446895433402)]
    [InlineData(100, 100, 5, 0.7601532626225957)]
    [InlineData(37, 200, 3, 0.1824416179820822)]
    public void Balls_fill_as_counting_the_orders_of_points_says(int samples, int real, int neighbors, double expected)
    {
        Assert.Equal(expected, ClippedCoverage.Expected(samples, real, neighbors), 1e-13);
        Assert.Equal((double)samples / 200, ClippedCoverage.Share(expected, 200, real, neighbors), 1e-10);
        Assert.Equal(1, ClippedCoverage.Share(expected, samples, real, neighbors), 1e-10);
        Assert.Equal(0, ClippedCoverage.Share(0, samples, real, neighbors));
    }

    [Fact]
    public void On_a_line_the_counts_are_those_of_a_pencil()
    {
        using var scope = NewDisposeScope();
        // nearest other point: radii 1, 1, 2, 10, whose median is 1.5
        var real = Line(0, 1, 3, 13);
        // 0.5 lies in the balls around 0 and 1; 4.8 around 3 and 13, clipped around neither; 4.5 around 3 and 13, clipped around 3 alone; 30 nowhere
        var samples = Line(0.5, 4.8, 4.5, 30);
        Assert.Equal((2 + 2 + 2) / 4.0, NeighborDensity.Compute(samples, real, 1));
        Assert.Equal(1, NeighborCoverage.Compute(samples, real, 1));
        // of real points, 0 and 1 lie in clipped balls of others, 3 and 13 do not
        Assert.Equal((1 + 0 + 1) / 4.0 / 0.5, ClippedDensity.Compute(samples, real, 1));
        Assert.Equal(1, ClippedCoverage.Compute(samples, real, 1));
        // balls around 0 and 1 alone: half, as n samples fill with n / (n + M - 1)
        Assert.Equal(3.0 / 4, ClippedCoverage.Compute(Line(0.5, 30, 40, 50), real, 1), 1e-12);
    }

    [Fact]
    public void Equal_points_and_copies_of_the_real_data_are_as_good_as_real()
    {
        using var scope = NewDisposeScope();
        var same = full([40, 3], 1.0 / 3, ScalarType.Float64);
        Assert.Equal((8, 1, 1, 1), All(same.narrow(0, 0, 10), same));
        Assert.Equal((0, 0, 0, 0), All(same + 1e-9, same));
        var points = Points("points", 200);
        var twice = points.repeat(2, 1);
        foreach (var real in (Tensor[])[points, twice])
        {
            var found = All(real.flip(0), real);
            Assert.InRange(found.Density, 1, 1.5);
            Assert.Equal((1, 1, 1), (found.Coverage, found.ClippedDensity, found.ClippedCoverage));
        }
        // ten copies of each: radii are 0, the copies of half of the points are in the balls of those alone
        var copies = points.repeat(10, 1);
        Assert.Equal(0.5, ClippedDensity.Compute(cat([copies.narrow(0, 0, 100), copies.narrow(0, 0, 100) + 50]), copies));
        Assert.Equal(0.5, NeighborCoverage.Compute(points.narrow(0, 0, 100).repeat(6, 1), copies));
    }

    [Fact]
    public void One_point_over_and_over_looks_real_and_covers_nothing()
    {
        using var scope = NewDisposeScope();
        var real = Points("points", 400);
        var same = real.narrow(0, 0, 1).repeat(400, 1);
        var found = All(same, real);
        Assert.Equal(new PrecisionRecall(1, 1.0 / 400, 3), PrecisionRecall.Compute(same, real));
        Assert.InRange(found.Coverage, 0.001, 0.15);
        Assert.InRange(found.ClippedCoverage, 0.001, 0.15);
    }

    [Fact]
    public void Two_halves_of_a_set_score_near_one()
    {
        using var scope = NewDisposeScope();
        var found = All(Points("points", 2000), Points("others", 2000));
        Assert.Equal(1, found.Density, 0.06);
        // 1 - 2^-k of large sets
        Assert.Equal(1 - 1.0 / 32, found.Coverage, 0.012);
        Assert.Equal(1, found.ClippedDensity, 0.06);
        Assert.Equal(1, found.ClippedCoverage, 0.06);
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.5)]
    [InlineData(0.8)]
    public void The_clipped_pair_falls_by_the_share_of_bad_samples_and_no_good_ones_make_up(double bad)
    {
        using var scope = NewDisposeScope();
        const int Count = 2000;
        int faulty = (int)(bad * Count);
        var samples = Points("samples", Count);
        samples.narrow(0, 0, faulty).add_(1000);
        var found = All(samples, Points("real", Count));
        Assert.Equal(1 - bad, found.ClippedDensity, 0.05);
        Assert.Equal(1 - bad, found.ClippedCoverage, 0.05);
        // what coverage does not: half of the samples reach most of the balls
        Assert.True(found.Coverage > 1 - bad + 0.03);
    }

    [Fact]
    public void A_lost_mode_is_lost_coverage_and_noise_is_lost_density()
    {
        using var scope = NewDisposeScope();
        Tensor real = Points("real", 1200), samples = Points("samples", 1200);
        foreach (var set in (Tensor[])[real, samples]) set.narrow(0, 0, 300).add_(100);
        var whole = All(samples, real);
        var partial = All(samples.narrow(0, 300, 900), real);
        Assert.Equal(whole.Coverage * 0.75, partial.Coverage, 0.02);
        Assert.True(partial.ClippedDensity > 0.9);
        Assert.True(partial.ClippedCoverage < whole.ClippedCoverage - 0.1);
        var noisy = All(samples + Points("noise", 1200), real);
        Assert.True(noisy.Density < whole.Density * 0.8);
        Assert.True(noisy.ClippedDensity < whole.ClippedDensity * 0.8);
    }

    [Fact]
    public void An_outlier_s_ball_makes_density_and_not_the_clipped_one()
    {
        using var scope = NewDisposeScope();
        var real = cat([Points("real", 500), full([3, 3], 60.0, ScalarType.Float64) + Points("outliers", 3)]);
        var samples = Points("samples", 500) * 2 + 25;
        Assert.True(NeighborDensity.Compute(samples, real) > 0.5);
        Assert.True(ClippedDensity.Compute(samples, real) < 0.01);
    }

    [Fact]
    public void Precision_and_recall_keep_their_sides()
    {
        using var scope = NewDisposeScope();
        // all samples near the real points on the left, none on the right
        Tensor real = Line(0, 1, 2, 3, 100, 101, 102, 103), samples = Line(0.1, 0.6, 1.1, 1.6, 2.1, 2.6);
        Assert.Equal(new PrecisionRecall(1, 0.5, 3), PrecisionRecall.Compute(samples, real));
        Assert.Equal(new PrecisionRecall(0.5, 1, 3), PrecisionRecall.Compute(real, samples));
        Assert.Equal(1, Measure(PrecisionRecall.PrecisionMetric, Set(samples, real)));
        Assert.Equal(0.5, Measure(PrecisionRecall.RecallMetric, Set(samples, real)));
        Assert.Equal(0.5, NeighborCoverage.Compute(samples, real, 3));
        Assert.Equal(1, NeighborCoverage.Compute(real, samples, 3));
    }

    [Fact]
    public void Metrics_of_neighbors_say_how_many()
    {
        Assert.All((Metric[])[PrecisionRecall.PrecisionMetric, PrecisionRecall.RecallMetric], metric => Assert.Equal("k = 3", metric.Parameters));
        foreach (var metric in (Metric[])[NeighborDensity.Metric, NeighborCoverage.Metric, ClippedDensity.Metric, ClippedCoverage.Metric])
        {
            Assert.Equal("k = 5", metric.Parameters);
            Assert.Equal((SampleKinds.None, SampleKinds.Points | SampleKinds.Images), (metric.Default, metric.Evaluated));
        }
    }

    [Fact]
    public void Sets_that_do_not_fit_are_refused_in_one_line()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => NeighborDensity.Compute(zeros(9, 2), zeros(9, 4)));
        Assert.Throws<ArgumentOutOfRangeException>(() => ClippedCoverage.Compute(zeros(9, 2), zeros(9, 2), neighbors: 0));
        Refusal.Of(() => NeighborCoverage.Compute(zeros(5, 2), zeros(9, 2)), "coverage: samples: found 5, expected more than the 5 neighbours");
        Refusal.Of(() => ClippedDensity.Compute(zeros(9, 2), full(9, 2, float.NaN)), "clipped-density: row 0 of the reference");
        var few = Set(zeros(9, 2), zeros(5, 2));
        Assert.Equal(1, Measure(PrecisionRecall.PrecisionMetric, few));
        Refusal.Of(() => Measure(NeighborDensity.Metric, few), "density: reference: found 5, expected more than the 5 neighbours");
    }

    [Fact]
    public void Progress_goes_to_its_end_and_a_cancelled_set_stops()
    {
        using var scope = NewDisposeScope();
        var told = new Told();
        var real = new MetricReference(Alone(Points("real", 2500)));
        var set = new MetricSet(Alone(Points("samples", 1500)), real) { Progress = told };
        Measure(NeighborDensity.Metric, set);
        Assert.True(told.Shares.Count > 6);
        Assert.Equal(told.Shares.Order(), told.Shares);
        Assert.Equal(1, told.Shares[^1], 1e-12);
        var cancelled = new MetricSet(Alone(Points("samples", 1500)), real) { Cancellation = new(canceled: true) };
        Assert.Throws<OperationCanceledException>(() => Measure(NeighborCoverage.Metric, cancelled));
    }

    private static (double Density, double Coverage, double ClippedDensity, double ClippedCoverage) All(Tensor samples, Tensor real)
    {
        var set = Set(samples, real);
        return (Measure(NeighborDensity.Metric, set), Measure(NeighborCoverage.Metric, set),
            Measure(ClippedDensity.Metric, set), Measure(ClippedCoverage.Metric, set));
    }

    private static double Measure(Metric metric, MetricSet set) => metric.Measure!(set).Value;

    private static MetricSet Set(Tensor samples, Tensor real) => new(Alone(samples), new(Alone(real)));

    private static LabeledData Alone(Tensor points) => new(points, zeros(points.shape[0], ScalarType.Int64), 1);

    private static Tensor Line(params double[] points) => tensor(points).reshape(-1, 1);

    private static Tensor Grid(int count, int a, int b, int most) =>
        tensor([.. from i in Enumerable.Range(0, count) from value in new[] { i * i * a + 3 * i, i * b + i * i / 7 } select (double)(value % most)]).reshape(count, 2);

    private static Tensor Points(string purpose, long count) => RandomKey.From(16, purpose).Normal(0, count, [3]).to(ScalarType.Float64);

    private sealed class Told : IProgress<double>
    {
        public List<double> Shares { get; } = [];

        public void Report(double value) => Shares.Add(value);
    }
}
