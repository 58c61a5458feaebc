using BenchmarkDotNet.Attributes;
using Veer.Data;
using Veer.Diffusion;
using Veer.Models;
using Veer.Networks;
using Veer.Runtime;
using Veer.Training;
using static TorchSharp.torch;

namespace Veer.Benchmarks;

/// <summary>
/// A training step of a UNet on images of MNIST's size, 64 at a time: the same loop in float32 and in bfloat16, AdamW and moving average
/// included; and what the network takes to answer for as many images.
/// </summary>
public class ImageTrainingStep
{
    private const int BatchSize = 64;

    private AdmUNet network = null!;
    private ShardedGradient gradient = null!;
    private AdamW optimizer = null!;
    private Tensor images = null!, labels = null!, time = null!;
    private long step;

    [Params(32, 64, 128)]
    public int Channels { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var key = RandomKey.From(0, "benchmark");
        images = key.Normal(0, BatchSize, [1, Mnist.Side, Mnist.Side]);
        labels = arange(BatchSize, ScalarType.Int64).remainder(Mnist.Classes);
        time = full(1, 0.5);
        network = (AdmUNet)ModelFolder.Create(new AdmUNetOptions { Channels = Channels, ImageChannels = 1, Labels = Mnist.Classes + 1 }, key);
        var objective = new DenoisingObjective(network, NoiseSchedule.Linear(), new(images, labels, Mnist.Classes), labelDropout: 0.1);
        gradient = new ShardedGradient(objective, BatchSize);
        optimizer = new AdamW(network.named_parameters().Select(p => (p.name, p.parameter)));
    }

    [Benchmark(Baseline = true)]
    public void Float32() => Step(Precision.Float32);

    [Benchmark]
    public void BFloat16() => Step(Precision.BFloat16);

    [Benchmark]
    public void AnswerInFloat32() => Answer(Precision.Float32);

    [Benchmark]
    public void AnswerInBFloat16() => Answer(Precision.BFloat16);

    private void Step(Precision precision)
    {
        network.Compute = precision;
        using var scope = NewDisposeScope();
        var (_, gradients) = gradient.At(new RandomKey(0).At(++step), scope);
        optimizer.Step(gradients, step, 1e-4, 0.99);
    }

    private void Answer(Precision precision)
    {
        network.Compute = precision;
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        network.forward(images, time, labels);
    }
}
