using Veer.Data;
using Veer.Postprocessing;
using Veer.Tests.Formats;
using Veer.Training;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Training;

public class TargetsTests
{
    private const int Draws = 20_000;

    [Theory]
    [InlineData(0)]
    [InlineData(0.25)]
    [InlineData(1)]
    public void A_mixture_draws_each_kind_as_often_as_its_share_says(double share)
    {
        using var scope = NewDisposeScope();
        var first = new Targets(tensor(new long[] { 0, 1, 0, 1 }, [2, 2]));
        var second = new Targets(tensor(new long[] { 2, 3, 4, 2, 3, 4 }, [2, 3]));
        double[] shares = Shares(new MixedTargets(first, second, share), row: 1, of: 5);
        double[] expected = [share / 2, share / 2, (1 - share) / 3, (1 - share) / 3, (1 - share) / 3];
        for (int i = 0; i < 5; i++) Assert.InRange(shares[i], expected[i] - Slack(expected[i]), expected[i] + Slack(expected[i]));
    }

    [Fact]
    public void Random_pairing_draws_every_real_point_of_the_class_and_no_other()
    {
        using var scope = NewDisposeScope();
        var real = new LabeledData(zeros(6, 2), tensor(new long[] { 1, 0, 1, 1, 0, 1 }), 3);
        var samples = new LabeledData(zeros(2, 2), tensor(new long[] { 1, 0 }), 3);
        var targets = Of(samples, real, new() { Pairing = "random" });
        Compare([0.25, 0, 0.25, 0.25, 0, 0.25], Shares(targets, row: 0, of: 6));
        Compare([0, 0.5, 0, 0, 0.5, 0], Shares(targets, row: 1, of: 6));
        var anyClass = Of(samples, real, new() { Pairing = "random", MatchClasses = false });
        Compare([.. Enumerable.Repeat(1 / 6.0, 6)], Shares(anyClass, row: 0, of: 6));

        static void Compare(double[] expected, double[] shares) => Assert.All(
            shares.Zip(expected), pair => Assert.InRange(pair.First, pair.Second - Slack(pair.Second), pair.Second + Slack(pair.Second)));
    }

    [Fact]
    public void Options_say_where_targets_come_from()
    {
        using var scope = NewDisposeScope();
        // 40 samples beside the first two real points: their nearest are these two, their balanced targets all four
        var samples = new LabeledData(zeros(40, 1), zeros(40, ScalarType.Int64), 1);
        var real = new LabeledData(tensor(new[] { 1f, -2, 30, 40 }).reshape(4, 1), zeros(4, ScalarType.Int64), 1);
        Assert.Equal([0, 1], Drawn(new() { Pairing = "nearest", Neighbors = 2 }));
        Assert.Equal([0, 1, 2, 3], Drawn(new() { Neighbors = 2, Pairing = "balanced", Rounds = 2, BlockSize = 10 }));
        Assert.Equal([0, 1], Drawn(new() { Neighbors = 2, Pairing = "balanced", NearestShare = 1 }));
        Assert.Equal([0, 1, 2, 3], Drawn(new() { Neighbors = 2, Pairing = "balanced", NearestShare = 0.5, MatchClasses = false }));
        Assert.Equal([0, 1, 2, 3], Drawn(new() { Pairing = "random" }));
        Refusal.Of(() => Drawn(new() { Pairing = "nearby" }), "pairing: found 'nearby', expected one of nearest, balanced, random");

        IEnumerable<long> Drawn(PostprocessorOptions options)
        {
            var targets = Of(samples, real, options);
            Assert.Equal(40, targets.Sources);
            using var draws = RandomKey.From(1, "draws").Draws();
            return targets.Draw(arange(40, ScalarType.Int64).repeat(20), draws).data<long>().ToArray().Distinct().Order();
        }
    }

    [Fact]
    public void Lists_of_a_balanced_pairing_depend_on_the_seed_alone()
    {
        using var scope = NewDisposeScope();
        var data = new LabeledData(RandomKey.From(2, "points").Normal(0, 60, [2]), zeros(60, ScalarType.Int64), 1);
        var options = new PostprocessorOptions { Pairing = "balanced", BlockSize = 20 };
        Tensor Lists(long seed) =>
            ((Targets)Pairings.Balanced.Match(data, data, options, seed, cancellation: TestContext.Current.CancellationToken)).Choices;
        Assert.Equal([60, 12], Lists(1).shape);
        Assert.True(AnyTensor.Same(Lists(1), Lists(1)));
        Assert.False(AnyTensor.Same(Lists(1), Lists(2)));
    }

    [Fact]
    public void A_class_without_real_points_is_refused_by_every_pairing()
    {
        using var scope = NewDisposeScope();
        var samples = new LabeledData(zeros(2, 1), tensor(new long[] { 0, 1 }), 2);
        var real = new LabeledData(zeros(2, 1), zeros(2, ScalarType.Int64), 2);
        Refusal.Of(() => Of(samples, real, new() { Pairing = "nearest", Neighbors = 1 }), "class 1: found 0 points, expected at least 1");
        foreach (string pairing in new[] { "balanced", "random" })
            Refusal.Of(() => Of(samples, real, new() { Pairing = pairing }), "pairing: class 1: found 0 real points, expected at least 1");
    }

    [Fact]
    public void Progress_of_both_searches_rises_to_one()
    {
        using var scope = NewDisposeScope();
        var data = new LabeledData(RandomKey.From(3, "points").Normal(0, 60, [2]), zeros(60, ScalarType.Int64), 1);
        var told = new List<double>();
        var options = new PostprocessorOptions { Pairing = "balanced", NearestShare = 0.5, BlockSize = 20 };
        Pairings.Balanced.Match(data, data, options, 0, new SynchronousProgress<double>(told.Add), TestContext.Current.CancellationToken);
        Assert.Equal(told.Order(), told);
        Assert.Equal(1, told[^1], 12);
    }

    private static ITargets Of(LabeledData samples, LabeledData real, PostprocessorOptions options) =>
        Pairings.All.Named(options.Pairing).Match(samples, real, options, seed: 0, cancellation: TestContext.Current.CancellationToken);

    /// <summary>How often each real point is drawn for one sample.</summary>
    private static double[] Shares(ITargets targets, long row, int of)
    {
        using var draws = RandomKey.From(4, "draws").Draws();
        var drawn = targets.Draw(full([Draws], row, ScalarType.Int64), draws).data<long>().ToArray();
        return [.. Enumerable.Range(0, of).Select(point => drawn.Count(target => target == point) / (double)Draws)];
    }

    /// <summary>Five standard deviations of a share.</summary>
    private static double Slack(double share) => 5 * Math.Sqrt(share * (1 - share) / Draws);
}
