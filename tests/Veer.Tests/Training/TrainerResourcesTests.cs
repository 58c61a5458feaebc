using System.Collections.Concurrent;
using Veer.Data;
using Veer.Matching;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Training;

/// <summary>Tests that look at what the whole process shares, so that no other may run beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}

[Collection(Alone.Name)]
public sealed class TrainerResourcesTests : IDisposable
{
    // three shards
    private const int LargeBatch = 5000;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(2000, 4)]
    [InlineData(200, LargeBatch)]
    public void The_count_of_live_tensors_stays_flat(int steps, int batch)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var counts = new List<long>();
        new Toy().Train(folder.Path, new() { Steps = steps, BatchSize = batch }, progress: _ => counts.Add(Tensor.TotalCount));
        Assert.Equal(steps / 50, counts.Count);
        // finalizers may take away what earlier tests left
        Assert.All(counts.Skip(1), count => Assert.InRange(count, 0, counts[0]));
    }

    [Fact]
    public void Threads_have_the_counts_that_they_had_after_a_training() =>
        CountsStay(() => new Toy().Train(folder.Path, new() { Steps = 20, BatchSize = LargeBatch }));

    [Fact]
    public void Threads_have_the_counts_that_they_had_after_a_fault_in_a_shard() => CountsStay(() =>
    {
        var toy = new Toy { Called = call => { if (call > 10) throw new InvalidDataException(); } };
        Assert.Throws<InvalidDataException>(() => toy.Train(folder.Path, new() { Steps = 20, BatchSize = LargeBatch }));
    });

    [Fact]
    public void Threads_have_the_counts_that_they_had_after_a_matching() => CountsStay(() =>
    {
        using var scope = NewDisposeScope();
        LabeledData points = new(RandomKey.From(1, "points").Normal(0, 600, [2]), zeros(600, ScalarType.Int64), 1);
        BalancedPairing.Match(points, points, 4, 20, new RandomKey(1), 8, null, TestContext.Current.CancellationToken);
    });

    /// <summary>Looks at this thread, at the pool's, and at a new one, which begins with this thread's.</summary>
    private static void CountsStay(Action work)
    {
        int own = get_num_threads();
        var before = PoolCounts();
        set_num_threads(3);
        try
        {
            work();
            Assert.Equal(3, get_num_threads());
            // a thread that was not looked at before may have a count of its own, but not the 1 of a worker
            Assert.All(PoolCounts(), thread => Assert.True(before.GetValueOrDefault(thread.Key, 1) is var count and > 1 ? thread.Value == count : thread.Value > 1, $"{thread.Value}"));
            int fresh = 0;
            var thread = new Thread(() => fresh = get_num_threads());
            thread.Start();
            thread.Join();
            Assert.Equal(3, fresh);
        }
        finally
        {
            set_num_threads(own);
        }
    }

    private static Dictionary<int, int> PoolCounts()
    {
        var counts = new ConcurrentDictionary<int, int>();
        int own = Environment.CurrentManagedThreadId;
        Parallel.For(0, 64, _ =>
        {
            if (Environment.CurrentManagedThreadId != own) counts[Environment.CurrentManagedThreadId] = get_num_threads();
            Thread.Sleep(1);
        });
        return counts.ToDictionary();
    }

    [Fact]
    public void The_bits_do_not_depend_on_the_number_of_threads()
    {
        int before = get_num_threads();
        try
        {
            var weights = new List<byte[]>();
            foreach (int threads in (int[])[1, 2, 5])
            {
                set_num_threads(threads);
                weights.Add(new Toy().Train(folder.File($"{threads}"), new() { Steps = 6, BatchSize = LargeBatch, AverageDecay = 0 }));
                Assert.Equal(threads, get_num_threads());
            }
            Assert.Equal(weights[0], weights[1]);
            Assert.Equal(weights[0], weights[2]);
            Assert.Equal(2, Toy.Losses(folder.File("1")).Length);
            Assert.Equal(Toy.Losses(folder.File("1")), Toy.Losses(folder.File("2")));
        }
        finally
        {
            set_num_threads(before);
        }
    }
}
