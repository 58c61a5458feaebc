using TorchSharp;
using Veer.Data;
using Veer.Diffusion;
using Veer.Models;
using Veer.Networks;
using Veer.Runtime;
using Veer.Tests.Formats;
using Veer.Tests.Training;
using Veer.Training;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Models;

/// <summary>Training of a small UNet on stripes, which lie down in one class and stand in the other.</summary>
[Collection(Alone.Name)]
public sealed class ImageTrainingTests
{
    // three shards
    private const int Batch = 66;

    [Theory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.BFloat16)]
    public void The_bits_do_not_depend_on_the_number_of_threads(Precision precision)
    {
        int before = get_num_threads();
        try
        {
            var weights = new List<Dictionary<string, Tensor>>();
            foreach (int threads in (int[])[1, 2, 5])
            {
                set_num_threads(threads);
                weights.Add(Train(precision, steps: 2, dropout: 0.1).Network.state_dict());
            }
            Assert.True(AnyTensor.Same(weights[0], weights[1]));
            Assert.True(AnyTensor.Same(weights[0], weights[2]));
        }
        finally
        {
            set_num_threads(before);
        }
    }

    [Fact]
    public void Live_tensors_and_memory_stay_flat()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var (tensors, memory) = (new List<long>(), new List<long>());
        Train(Precision.BFloat16, steps: 60, batch: 8, each: () =>
        {
            tensors.Add(Tensor.TotalCount);
            memory.Add(Environment.WorkingSet);
        });
        // finalizers may take away what earlier tests left
        Assert.All(tensors.Skip(1), count => Assert.InRange(count, 0, tensors[0]));
        Assert.InRange(memory[^1] - memory[19], long.MinValue, 20 << 20);
    }

    [Fact]
    public void In_bfloat16_the_loss_falls_as_in_float32()
    {
        double[] exact = Train(Precision.Float32, steps: 40, batch: 16).Losses, coarse = Train(Precision.BFloat16, steps: 40, batch: 16).Losses;
        Assert.Equal(1, exact[0], 0.1);
        Assert.InRange(exact[^10..].Average(), 0, 0.7);
        Assert.Equal(1, coarse[^10..].Average() / exact[^10..].Average(), 0.03);
    }

    private static (AdmUNet Network, double[] Losses) Train(
        Precision precision, int steps, int batch = Batch, double dropout = 0, Action? each = null)
    {
        var shape = new AdmUNetOptions { ImageChannels = 1, Labels = 3, Channels = 32, ChannelMultipliers = [1], ResidualBlocks = 1, Dropout = dropout };
        var network = (AdmUNet)ModelFolder.Create(shape, new RandomKey(1));
        network.Compute = precision;
        var gradient = new ShardedGradient(new DenoisingObjective(network, NoiseSchedule.Linear(), Stripes(), 0.1), batch);
        using var optimizer = new AdamW(network.named_parameters().Select(p => (p.name, p.parameter)));
        double[] losses = new double[steps];
        for (int step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            var (loss, gradients) = gradient.At(new RandomKey(3).At(step), scope);
            Assert.All(gradients, g => Assert.Equal(ScalarType.Float32, g.dtype));
            optimizer.Step(gradients, step, 2e-3, 0);
            losses[step - 1] = loss.ToSingle();
            each?.Invoke();
        }
        return (network, losses);
    }

    private static LabeledData Stripes()
    {
        using var scope = NewDisposeScope();
        var phase = rand([128, 1, 1, 1], generator: new RandomKey(4).Generator()) * 2 * Math.PI;
        var lying = (arange(8, ScalarType.Float32) * (Math.PI / 4)).reshape(1, 1, 8, 1) + phase;
        var waves = lying.sin().expand(128, 1, 8, 8);
        var labels = arange(128, ScalarType.Int64).remainder(2);
        var points = where(labels.reshape(128, 1, 1, 1) == 0, waves, waves.transpose(2, 3)).contiguous();
        return new(points.MoveToOuterDisposeScope(), labels.MoveToOuterDisposeScope(), 2);
    }
}
