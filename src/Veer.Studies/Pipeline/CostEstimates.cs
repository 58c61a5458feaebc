using System.Diagnostics;
using TorchSharp;
using Veer.Diffusion;
using Veer.Networks;
using Veer.Studies.Settings;
using Veer.Training;
using static TorchSharp.torch;

namespace Veer.Studies.Pipeline;

/// <summary>Measures, in a moment, what models cost on this machine, so that a plan can say how long it takes. Each is measured once.</summary>
internal sealed class CostEstimates(RunContext context)
{
    private const int WarmUp = 2, Measured = 6, ExactBatch = 1000;

    private readonly Dictionary<object, CostEstimate> known = [];

    /// <summary>The cost of a network in batches of a size.</summary>
    public CostEstimate Of(MlpSize size, int batch) => Once((size, batch), () =>
    {
        using var scope = NewDisposeScope();
        var (device, key) = (context.Run.Device, RandomKey.Of(0, "cost"));
        using var network = ModelFolder.Create(new ResidualMlpOptions(size) { Dimensions = context.Data.Dimensions, Labels = 2 }, key);
        network.to(device);
        var points = key.Normal(0, batch, [context.Data.Dimensions], device);
        var labels = zeros(batch, ScalarType.Int64, device);
        double step = TrainingCost.SecondsPerStep(
            new FlowObjective(network, points, labels, new Targets(points, labels.unsqueeze(1))), batch, Measured);
        using var quiet = no_grad();
        using var time = zeros(1, device: device);
        return new(step, Time(() => network.forward(points, time, labels).sum().ToSingle()), batch);
    });

    /// <summary>The cost of asking a denoiser of the study.</summary>
    public CostEstimate Of(string denoiser)
    {
        if (context.Settings.Denoisers.TryGetValue(denoiser, out var options)) return Of(options.Network, options.Training.BatchSize);
        return Once(denoiser, () =>
        {
            using var scope = NewDisposeScope();
            using var quiet = no_grad();
            var exact = new MixtureDenoiser(context.Truth);
            var points = RandomKey.Of(0, "cost").Normal(0, ExactBatch, [context.Data.Dimensions]);
            var labels = zeros(ExactBatch, ScalarType.Int64);
            var level = context.Schedule(VariantNames.Exact).LevelAt(0);
            return new(0, Time(() => exact.Predict(points, level, labels).Clean.sum().ToSingle()), ExactBatch);
        });
    }

    private CostEstimate Once(object what, Func<CostEstimate> measure) =>
        known.TryGetValue(what, out var estimate) ? estimate : known[what] = measure();

    private static double Time(Action step)
    {
        var watch = new Stopwatch();
        for (int i = 0; i < WarmUp + Measured; i++)
        {
            if (i == WarmUp) watch.Start();
            using var scope = NewDisposeScope();
            step();
        }
        return watch.Elapsed.TotalSeconds / Measured;
    }
}

/// <summary>What a model costs.</summary>
/// <param name="SecondsPerStep">A training step with one batch.</param>
/// <param name="SecondsPerEvaluation">An evaluation of one batch.</param>
/// <param name="Batch">Points in a batch.</param>
internal sealed record CostEstimate(double SecondsPerStep, double SecondsPerEvaluation, int Batch)
{
    /// <summary>Seconds of a training.</summary>
    public double Training(TrainingOptions options) => SecondsPerStep * options.Steps * options.BatchSize / Batch;

    /// <summary>Seconds of so many evaluations on each of so many points.</summary>
    public double Evaluations(double count, double points) => SecondsPerEvaluation * count * points / Batch;
}
