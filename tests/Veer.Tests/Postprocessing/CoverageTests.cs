using Veer.Data;
using Veer.Postprocessing;
using Veer.Solvers;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Postprocessing;

/// <summary>Real points: two clusters, equally many. Samples: the same, moved, and only a tenth of them in the second cluster.</summary>
public class CoverageTests
{
    private const int Count = 1000;

    private static readonly PostprocessorOptions Options = new()
    {
        Neighbors = 5,
        BlockSize = 250,
        Network = new() { Width = 32, Layers = 2, FourierFeatures = 0, TimeFeatures = 4 },
        Training = new() { Steps = 500, BatchSize = 256, LearningRate = 5e-3, AverageDecay = 0.95 },
    };

    [Fact]
    public void Balanced_pairs_win_back_a_thinned_cluster_and_nearest_ones_do_not()
    {
        Assert.InRange(SecondShare("nearest"), 0.05, 0.2);
        Assert.InRange(SecondShare("balanced"), 0.4, 0.6);
    }

    private static double SecondShare(string pairing)
    {
        using var scope = NewDisposeScope();
        var real = Clusters(1, second: Count / 2, right: 0);
        var samples = Clusters(2, second: Count / 10, right: 0.2f);
        var repair = Postprocessor.Fit(
            samples, real, Options with { Pairing = pairing }, new() { Seed = 3 }, TestContext.Current.CancellationToken);
        var (moved, _) = repair.Apply(samples.Points, samples.Labels, new Euler(20), cancellation: TestContext.Current.CancellationToken);
        return moved.select(1, 1).gt(0).to(ScalarType.Float64).mean().item<double>();
    }

    /// <summary>Around (right, -1) and, so many of them, around (right, 1).</summary>
    private static LabeledData Clusters(long seed, int second, float right)
    {
        var up = where(arange(Count, ScalarType.Int64) < second, 1f, -1f);
        var points = RandomKey.From(seed, "clusters").Normal(0, Count, [2]) * 0.2 + stack([full_like(up, right), up], 1);
        return new(points, zeros(Count, ScalarType.Int64), 1);
    }
}
