using CsCheck;
using Veer.Data;
using Veer.Matching;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Matching;

public class BalancedPairingTests
{
    private static readonly RandomKey Key = RandomKey.From(7, "balanced");

    [Fact]
    public void Targets_are_of_the_samples_class_and_used_evenly_in_every_round_and_over_all() =>
        (from samples in Gen.Int[0, 40].Array[3]
         from targets in Gen.Int[1, 40].Array[3]
         from rounds in Gen.Int[1, 5]
         from block in Gen.Int[1, 30]
         select (samples, targets, rounds, block)).SampleFixed(sizes =>
         {
             using var scope = NewDisposeScope();
             var generated = Normal(1, Labels(sizes.samples), 2);
             var real = Normal(2, Labels(sizes.targets), 2);
             var table = Match(generated, real, sizes.rounds, sizes.block);
             Assert.Equal([generated.Count, sizes.rounds], table.shape);
             for (int label = 0; label < 3; label++)
             {
                 if (sizes.samples[label] == 0) continue;
                 var ofClass = table[generated.Labels == label];
                 Assert.True((real.Labels[ofClass.flatten()] == label).all().item<bool>());
                 AssertEven(ofClass, real, label);
                 // rounds that fit into a block together are even together
                 if (sizes.samples[label] * 2 <= sizes.block) continue;
                 for (int round = 0; round < sizes.rounds; round++) AssertEven(ofClass.select(1, round), real, label);
             }
         }, iter: 60);

    [Theory]
    [InlineData(2)]
    [InlineData(40)]
    public void A_block_that_holds_everything_is_the_optimal_matching(int dimensions)
    {
        using var scope = NewDisposeScope();
        const int Count = 150;
        var generated = Normal(3, Labels(Count), dimensions, offset: 5);
        var real = Normal(4, Labels(Count), dimensions);
        var costs = new double[Count * Count];
        Assignment.SquaredDistances(Values(generated), Values(real), dimensions, costs);
        int[] best = Assignment.Solve(costs, Count);
        long[] table = Match(generated, real, 3, Count).data<long>().ToArray();
        for (int round = 0; round < 3; round++)
            Assert.Equal(best.Select(column => (long)column), Enumerable.Range(0, Count).Select(row => table[row * 3 + round]));
    }

    // Twenty blocks: sixteen of them start from what the first four learned.
    [Theory]
    [InlineData(1, 1f)]
    [InlineData(2, 1f)]
    [InlineData(2, 1e-20f)]
    [InlineData(3, 1e20f)]
    [InlineData(20, 1f)]
    public void Every_block_is_matched_at_the_least_cost_there_is(int dimensions, float unit)
    {
        using var scope = NewDisposeScope();
        var generated = Normal(5, Labels(400), dimensions, offset: 2);
        var real = Normal(6, Labels(300), dimensions);
        (generated, real) = (generated with { Points = generated.Points * (0.5f * unit) }, real with { Points = real.Points * unit });
        long[] table = Match(generated, real, 2, 40).data<long>().ToArray();
        double[] from = Values(generated), to = Values(real);
        foreach (var block in BalancedBlocks.Cut(0, Range(400), Range(300), 2, 40, Key.At(0)))
        {
            int n = block.Samples.Length;
            var costs = new double[n * n];
            double[] left = Gather(from, block.Samples), right = Gather(to, block.Targets);
            Assignment.SquaredDistances(left, right, dimensions, costs);
            double least = Assignment.Solve(costs, n).Select((column, row) => costs[row * n + column]).Sum();
            double[] taken = Gather(to, [.. block.Samples.Select((sample, i) => table[sample * 2 + block.Rounds[i]])]);
            double cost = left.Zip(taken, (a, b) => (a - b) * (a - b)).Sum();
            Assert.Equal(1, cost / least, 6);
        }

        double[] Gather(double[] points, long[] rows) =>
            [.. rows.SelectMany(row => points.AsSpan((int)row * dimensions, dimensions).ToArray())];
    }

    [Fact]
    public void Where_the_real_points_are_few_every_block_has_each_of_them()
    {
        foreach (var block in BalancedBlocks.Cut(0, Range(200), Range(20), 3, 50, Key))
            Assert.True(block.Targets.Distinct().Count() == 20 && block.Samples.Length == 50);
    }

    [Fact]
    public void Blocks_of_a_round_are_equally_large_to_within_one_and_rounds_differ()
    {
        var blocks = BalancedBlocks.Cut(0, Range(101), Range(500), 2, 50, Key).ToList();
        Assert.Equal([33, 34, 34, 33, 34, 34], blocks.Select(block => block.Samples.Length));
        Assert.NotEqual(blocks[0].Samples, blocks[3].Samples);
        Assert.NotEqual(blocks[0].Targets, blocks[3].Targets);
    }

    [Fact]
    public void The_lists_do_not_depend_on_the_number_of_cores_or_of_threads()
    {
        using var scope = NewDisposeScope();
        var (generated, real) = (Normal(8, Labels(500, 300), 2), Normal(9, Labels(250, 400), 2));
        int threads = get_num_threads();
        var alone = OnCores(1);
        Assert.True(AnyTensor.Same(alone, OnCores(2)));
        Assert.True(AnyTensor.Same(alone, OnCores(7)));
        set_num_threads(threads == 1 ? 2 : 1);
        try
        {
            Assert.True(AnyTensor.Same(alone, OnCores(2)));
        }
        finally
        {
            set_num_threads(threads);
        }
        Assert.False(AnyTensor.Same(alone, BalancedPairing.Match(
            generated, real, 3, 60, Key.At(1), cancellation: TestContext.Current.CancellationToken)));

        Tensor OnCores(int workers) =>
            BalancedPairing.Match(generated, real, 3, 60, Key, workers, null, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Progress_rises_to_one()
    {
        using var scope = NewDisposeScope();
        var told = new List<double>();
        var points = Normal(10, Labels(60, 40), 2);
        BalancedPairing.Match(points, points, 3, 10, Key, new SynchronousProgress<double>(told.Add), TestContext.Current.CancellationToken);
        Assert.Equal(30, told.Count);
        Assert.Equal(told.Order(), told);
        Assert.Equal(1, told[^1]);
    }

    [Fact]
    public void Cancelled_matching_stops()
    {
        using var scope = NewDisposeScope();
        using var source = new CancellationTokenSource();
        var points = Normal(10, Labels(1000), 2);
        int told = 0;
        var progress = new SynchronousProgress<double>(_ =>
        {
            told++;
            source.Cancel();
        });
        Assert.ThrowsAny<OperationCanceledException>(() => BalancedPairing.Match(points, points, 50, 10, Key, progress, source.Token));
        Assert.InRange(told, 1, 100);
    }

    [Fact]
    public void Bad_input_is_named()
    {
        using var scope = NewDisposeScope();
        var (samples, real) = (Normal(11, Labels(3, 3), 2), Normal(12, Labels(3, 0), 2));
        Refusal.Of(() => Match(samples, real, 1, 10), "pairing: class 1: found 0 real points, expected at least 1");
        Match(Normal(11, Labels(3, 0), 2), real, 1, 10);
        Refusal.Of(() => Match(samples, real with { Classes = 1 }, 1, 10), "pairing: generated labels: found 1, expected 0 to 0");
        samples.Points[2, 1] = float.NaN;
        Refusal.Of(() => Match(samples, samples, 1, 10), "pairing: row 2 of the generated points: found a value that is not finite");
        Assert.Throws<ArgumentException>(() => Match(Normal(11, Labels(3), 3), real, 1, 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => Match(real, real, 0, 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => Match(real, real, 1, 0));
    }

    private static Tensor Match(LabeledData generated, LabeledData real, int rounds, int block) =>
        BalancedPairing.Match(generated, real, rounds, block, Key, cancellation: TestContext.Current.CancellationToken);

    private static void AssertEven(Tensor rows, LabeledData real, int label)
    {
        var uses = zeros(real.Count, ScalarType.Int64).index_add_(0, rows.flatten(), ones(rows.numel(), ScalarType.Int64), 1);
        var counts = uses[real.Labels == label];
        Assert.InRange(counts.max().item<long>() - counts.min().item<long>(), 0, 1);
    }

    /// <summary>So many rows of each class, the classes in turn as long as they last.</summary>
    private static long[] Labels(params int[] counts) => [.. counts
        .SelectMany((count, label) => Enumerable.Range(0, count).Select(i => (i, label)))
        .OrderBy(pair => pair).Select(pair => (long)pair.label)];

    private static LabeledData Normal(long seed, long[] labels, int dimensions, float offset = 0) => new(
        RandomKey.From(seed, "points").Normal(0, labels.Length, [dimensions]) + offset, tensor(labels, ScalarType.Int64), 3);

    private static long[] Range(int count) => [.. Enumerable.Range(0, count).Select(i => (long)i)];

    private static double[] Values(LabeledData data) => data.Points.to(ScalarType.Float64).data<double>().ToArray();
}
