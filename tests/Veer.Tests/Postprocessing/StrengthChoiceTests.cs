using Veer.Data;
using Veer.Postprocessing;
using Veer.Solvers;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Postprocessing;

/// <summary>A flow that moves points from 0 to 1, on the line.</summary>
public sealed class StrengthChoiceTests
{
    private static readonly double[] Strengths = [1, 0, 0.5];

    [Fact]
    public void The_strength_is_taken_that_brings_samples_nearest()
    {
        using var flow = Flow();
        Assert.Equal(0, Choose(0));
        Assert.Equal(0.5, Choose(0.5));
        Assert.Equal(1, Choose(1.2));
        // of equally good ones the smallest: what does not help does not touch
        Assert.Equal(0, StrengthChoice.Choose(flow, Points(0), Strengths, _ => 1, new Euler(2), TestContext.Current.CancellationToken));
        // what is nowhere is not near
        Assert.Equal(1, StrengthChoice.Choose(flow, Points(0), Strengths, moved => moved.Points.mean().item<float>() is var mean && mean < 0.9 ? double.NaN : mean, new Euler(2), TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentException>(() => StrengthChoice.Choose(flow, Points(0), [], _ => 1, cancellation: TestContext.Current.CancellationToken));

        double Choose(double goal) => StrengthChoice.Choose(
            flow, Points(0), Strengths, moved => (moved.Points.mean().item<float>() - goal) * (moved.Points.mean().item<float>() - goal), new Euler(2),
            TestContext.Current.CancellationToken);
    }

    private static Postprocessor Flow()
    {
        var options = new PostprocessorOptions
        {
            Pairing = "nearest",
            Neighbors = 1,
            Network = new() { Width = 16, Layers = 1, FourierFeatures = 0, TimeFeatures = 4 },
            Training = new() { Steps = 200, BatchSize = 32, LearningRate = 0.02, AverageDecay = 0.9 },
        };
        return Postprocessor.Fit(Points(0), Points(1), options, new() { Seed = 1 }, TestContext.Current.CancellationToken);
    }

    private static LabeledData Points(float place) =>
        new(full([20, 1], place, ScalarType.Float32), zeros(20, ScalarType.Int64), 1);
}
