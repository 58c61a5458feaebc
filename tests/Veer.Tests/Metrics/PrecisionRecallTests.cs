using CsCheck;
using Veer.Data;
using Veer.Matching;
using Veer.Metrics;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Metrics;

public class PrecisionRecallTests
{
    [Theory]
    [InlineData("metrics_a")]
    [InlineData("metrics_b")]
    public void Golden_shares_and_radii_come_back(string name)
    {
        using var scope = NewDisposeScope();
        var golden = GoldenFile.Load(name + ".safetensors");
        var numbers = GoldenFile.Json("metrics.json").GetProperty("features").EnumerateArray()
            .Single(item => item.GetProperty("name").GetString() == name);
        var shares = PrecisionRecall.Compute(golden["fake"], golden["real"]);
        Assert.Equal(numbers.GetProperty("precision").GetDouble(), shares.Precision, 1e-12);
        Assert.Equal(numbers.GetProperty("recall").GetDouble(), shares.Recall, 1e-12);
        Assert.Equal(3, shares.Neighbors);
        foreach (string set in (string[])["real", "fake"])
        {
            var radii = Radii(golden[set].to(ScalarType.Float64), 3);
            Assert.True(radii.allclose(golden[set + "_radius"], rtol: 0, atol: 1e-6));
        }
    }

    [Fact]
    public void A_set_and_itself_have_all_wherever_they_lie() => Gen.Double[-1e6, 1e6].Select(Gen.Int[4, 40]).SampleFixed(
        (place, count) =>
        {
            using var scope = NewDisposeScope();
            var points = Points("points", count) + place;
            Assert.Equal(new PrecisionRecall(1, 1, 3), PrecisionRecall.Compute(points, points.flip(0)));
        },
        iter: 40);

    [Fact]
    public void Copies_of_a_point_are_inside_its_ball_of_no_radius()
    {
        using var scope = NewDisposeScope();
        var points = cat([full([6, 3], 0.1), full([6, 3], 1e3 / 3)]);
        Assert.Equal(new PrecisionRecall(1, 1, 3), PrecisionRecall.Compute(points, points));
        Assert.Equal(new PrecisionRecall(0, 0, 3), PrecisionRecall.Compute(points + 1e-3, points));
    }

    [Fact]
    public void A_point_at_just_the_radius_is_inside_and_one_beyond_is_not()
    {
        using var scope = NewDisposeScope();
        var line = tensor(new double[] { 0, 1, 2, 3 }).reshape(4, 1);
        // the ball around 0 has radius 3, that around 3 too: they reach from -3 to 6
        var samples = tensor(new[] { -3, -3 - 1e-9, 6, 6 + 1e-9, 1.5 }).reshape(5, 1);
        Assert.Equal(0.6, PrecisionRecall.Compute(samples, line).Precision, 1e-12);
    }

    [Fact]
    public void Definitions_taken_at_their_word_give_the_same() => Gen.Int[1, 4].Select(Gen.Int[6, 25]).SampleFixed(
        (neighbors, count) =>
        {
            using var scope = NewDisposeScope();
            var (points, others) = (Points("points", count), Points("others", 20) * 1.5);
            var shares = PrecisionRecall.Compute(points, others, neighbors);
            Assert.Equal(ShareInside(points, others, neighbors), shares.Precision, 1e-12);
            Assert.Equal(ShareInside(others, points, neighbors), shares.Recall, 1e-12);
        },
        iter: 20);

    [Theory]
    [InlineData(ScalarType.Float64, 1e9)]
    [InlineData(ScalarType.Float64, 1e12)]
    [InlineData(ScalarType.Float32, 1e6)]
    public void Clusters_far_apart_have_radii_of_their_own(ScalarType type, double apart)
    {
        using var scope = NewDisposeScope();
        var square = tensor(new double[] { 0, 0, 0, 1, 1, 0, 1, 1 }).reshape(4, 2);
        var real = cat([square, square + apart]).to(type);
        foreach (double away in (double[])[20, 1.5])
        {
            var beside = (real + tensor(new[] { 0.0, away + 1 })).to(type);
            Assert.Equal(new PrecisionRecall(0, 0, 1), PrecisionRecall.Compute(beside, real, neighbors: 1));
        }
        // at just the radius of one corner or another
        var edge = (real + tensor(new[] { 0.0, 1 })).to(type);
        Assert.Equal(new PrecisionRecall(1, 1, 1), PrecisionRecall.Compute(edge, real, neighbors: 1));
        Assert.Equal(ones(8, ScalarType.Float64), Radii(real, 1));
    }

    [Fact]
    public void A_reference_serves_many_sets_and_outlives_the_scopes_they_are_compared_in()
    {
        using var scope = NewDisposeScope();
        var others = Points("others", 300);
        var real = new MetricReference(Alone(others));
        for (int set = 0; set < 3; set++)
        {
            using var inner = NewDisposeScope();
            var points = Points($"points {set}", 200) * (0.5 + set);
            var metrics = new MetricSet(Alone(points), real);
            var expected = PrecisionRecall.Compute(points, others);
            Assert.Equal(expected.Precision, PrecisionRecall.PrecisionMetric.Measure!(metrics).Value);
            Assert.Equal(expected.Recall, PrecisionRecall.RecallMetric.Measure!(metrics).Value);
        }
    }

    [Fact]
    public void A_collapsed_generator_is_precise_and_recalls_little()
    {
        using var scope = NewDisposeScope();
        var shares = PrecisionRecall.Compute(Points("points", 500) * 0.1, Points("others", 500));
        Assert.InRange(shares.Precision, 0.99, 1);
        Assert.InRange(shares.Recall, 0, 0.1);
    }

    [Fact]
    public void More_pairs_than_are_held_at_a_time_are_all_looked_at()
    {
        using var scope = NewDisposeScope();
        var (points, others) = (Points("points", 2600), Points("others", 2500));
        var (firstHalf, secondHalf) = (points.narrow(0, 0, 1300), points.narrow(0, 1300, 1300));
        double whole = PrecisionRecall.Compute(points, others).Precision;
        double mean = (PrecisionRecall.Compute(firstHalf, others).Precision + PrecisionRecall.Compute(secondHalf, others).Precision) / 2;
        Assert.Equal(mean, whole, 1e-12);
        Assert.Equal(new PrecisionRecall(1, 1, 3), PrecisionRecall.Compute(points, points));
    }

    [Fact]
    public void Sets_that_do_not_fit_are_refused_in_one_line()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => PrecisionRecall.Compute(zeros(5, 2), zeros(5, 4)));
        Assert.Throws<ArgumentOutOfRangeException>(() => PrecisionRecall.Compute(zeros(5, 2), zeros(5, 2), neighbors: 0));
        Refusal.Of(() => PrecisionRecall.Compute(zeros(3, 2), zeros(5, 2)), "precision: samples: found 3, expected more than the 3 neighbours");
        Refusal.Of(() => PrecisionRecall.Compute(zeros(5, 2), zeros(0, 2)), "precision: reference: found none");
        Refusal.Of(() => PrecisionRecall.Compute(full(5, 2, float.NaN), zeros(5, 2)), "precision: row 0 of the samples");
    }

    private static LabeledData Alone(Tensor points) => new(points, zeros(points.shape[0], ScalarType.Int64), 1);

    private static Tensor Radii(Tensor points, int neighbors) => tensor(NearestOthers.Find(points, neighbors).SquaredRadii(neighbors)).sqrt();

    private static double ShareInside(Tensor queries, Tensor points, int neighbors)
    {
        double Distance(Tensor a, Tensor b) => (a - b).norm().item<double>();
        var set = Rows(points);
        double[] radii = [.. set.Select(point => set.Select(other => Distance(point, other)).Order().ElementAt(neighbors))];
        return Rows(queries).Average(query => set.Zip(radii).Any(ball => Distance(query, ball.First) <= ball.Second) ? 1.0 : 0);
    }

    private static Tensor[] Rows(Tensor points) => [.. Enumerable.Range(0, (int)points.shape[0]).Select(i => points[i])];

    private static Tensor Points(string purpose, long count) => RandomKey.From(14, purpose).Normal(0, count, [3]).to(ScalarType.Float64);
}
