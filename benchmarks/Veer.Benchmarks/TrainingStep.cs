using BenchmarkDotNet.Attributes;
using Veer.ClosedForm;
using Veer.Diffusion;
using Veer.Models;
using Veer.Networks;
using Veer.Training;
using static TorchSharp.torch;

namespace Veer.Benchmarks;

/// <summary>A training step of the fractal's denoiser: every operation on all cores, against one core per shard of the batch.</summary>
public class TrainingStep
{
    private ShardedGradient whole = null!, sharded = null!;
    private AdamW optimizer = null!;
    private long step;

    [Params(1024, 4096)]
    public int BatchSize { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var key = RandomKey.From(0, "benchmark");
        var network = ModelFolder.Create(new ResidualMlpOptions { Dimensions = 2, Labels = 3 }, key);
        var objective = new DenoisingObjective(network, NoiseSchedule.Linear(), Fractal.Sample(10_000, key), labelDropout: 0.1);
        whole = new ShardedGradient(objective, BatchSize, BatchSize);
        sharded = new ShardedGradient(objective, BatchSize);
        optimizer = new AdamW(network.named_parameters().Select(p => (p.name, p.parameter)));
    }

    [Benchmark(Baseline = true)]
    public void WholeBatch() => Step(whole);

    [Benchmark]
    public void Sharded() => Step(sharded);

    private void Step(ShardedGradient gradient)
    {
        using var scope = NewDisposeScope();
        var (_, gradients) = gradient.At(new RandomKey(0).At(++step), scope);
        optimizer.Step(gradients, step, 1e-4, 0.99);
    }
}
