using Veer.Evaluation;
using Veer.Metrics;
using Xunit;

namespace Veer.Tests.Evaluation;

/// <summary>What a difference means beside the floor, and in how many numbers a set is the better one.</summary>
public sealed class VerdictTests
{
    [Theory]
    [InlineData(0.5, 0.13, Verdict.Better)]    // past the floor and within its interval: it has come there
    [InlineData(0.13, 0.5, Verdict.Worse)]
    [InlineData(0.2, 0.16, Verdict.Moved)]     // both within it
    [InlineData(0.5, 0.3, Verdict.Better)]
    public void One_that_is_beside_the_floor_is_nearer_than_one_that_is_off_it(double before, double after, Verdict verdict)
    {
        var result = Result(before, after, error: 0.01, floorError: 0.1);
        Assert.Equal(verdict, result.Judge(result.Differences[0]));
    }

    [Fact]
    public void A_set_is_summed_up_against_the_first()
    {
        var result = Result(0.5, 0.13, 0.01, 0.1);
        Assert.Null(result.Summary(result.Sets[0]));
        Assert.Equal("against before better in 1 of 1 numbers, worse in 0", result.Summary(result.Sets[1]));
        Assert.Equal("against before better in 0 of 1 numbers, worse in 1 (Fréchet distance)", Result(0.13, 0.5, 0.01, 0.1) is var other ? other.Summary(other.Sets[1]) : "");
    }

    [Theory]
    [InlineData("kernel", 1000, 50, true)]
    [InlineData("precision", 1000, 100, true)]
    [InlineData("precision", 100, 50, true)]      // up to half
    [InlineData("precision", 100, 40, false)]
    [InlineData("recall", 100, 40, true)]
    [InlineData("recall", 40, 100, false)]
    [InlineData("coverage", 30, 30, true)]        // in the same ratio
    [InlineData("coverage", 100, 60, false)]
    [InlineData("nn-distance", 40, 100, true)]
    [InlineData("nn-distance", 100, 90, false)]
    [InlineData("frechet-infinity", 40, 100, true)]
    [InlineData("frechet-infinity", 100, 90, false)]
    [InlineData("frechet", 90, 100, false)]
    public void Numbers_are_held_against_a_floor_where_what_they_hang_on_is_alike(string metric, long count, long against, bool compares)
    {
        var (set, floor) = (new EvaluatedSet("samples", 100, 100, [], [], []), new EvaluatedSet("real", count, against, [], [], []));
        Assert.Equal(compares, set.Compares(MetricRegistry.All.Named(metric), floor));
    }

    [Fact]
    public void What_tells_copies_is_best_where_unseen_points_are() =>
        Assert.Equal(["↓", "↑", "→", ""], new[] { "frechet", "recall", "auth-pct", "memorization-ratio" }.Select(name => MetricRegistry.All.Named(name).Arrow));

    [Fact]
    public void Classes_are_called_by_their_names()
    {
        var result = Result(1, 1, 1, 1) with { ClassNames = ["row", "column"] };
        Assert.Equal(["column", "2", "all"], new[] { "1", "2", "all" }.Select(result.ClassName));
    }

    private static EvaluationResult Result(double before, double after, double error, double floorError)
    {
        EvaluatedSet Set(string name, double value, double own) => new(name, 100, 100, [new("frechet", EvaluatedSet.All, new(value, own))], [], []);
        return new(
            [Set("before", before, error), Set("after", after, error)], Set("real", 0.18, floorError),
            [new("after", "before", "frechet", EvaluatedSet.All, new(after - before, error))], [], new Dictionary<string, string>());
    }
}
