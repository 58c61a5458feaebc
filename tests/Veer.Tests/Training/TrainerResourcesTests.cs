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
