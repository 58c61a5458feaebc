using System.Diagnostics;
using TorchSharp;
using Veer.Networks;
using Veer.Training;
using static TorchSharp.torch;

namespace Veer.Studies.Pipeline;

/// <summary>Measures, in a moment, what a training step and an evaluation cost on this machine, so that a plan can say how long it takes.</summary>
internal sealed class CostEstimate
{
    private const int WarmUp = 2, Measured = 6;

    private readonly double secondsPerEvaluation;
    private readonly double secondsPerStep;
    private readonly int batch;

    public CostEstimate(MlpSize size, int dimensions, int batch, Device device)
    {
        using var scope = NewDisposeScope();
        this.batch = batch;
        var key = RandomKey.Of(0, "cost");
        using var network = ModelFolder.Create(new ResidualMlpOptions(size) { Dimensions = dimensions, Labels = 2 }, key);
        network.to(device);
        var points = key.Normal(0, batch, [dimensions], device);
        var labels = zeros(batch, ScalarType.Int64, device);
        var targets = new Targets(points, labels.unsqueeze(1));
        secondsPerStep = TrainingCost.SecondsPerStep(new FlowObjective(network, points, labels, targets), batch, Measured);
        using var quiet = no_grad();
        using var time = zeros(1, device: device);
        secondsPerEvaluation = Time(_ => network.forward(points, time, labels).sum().ToSingle());
    }

    /// <summary>Seconds of a training.</summary>
    public double Training(TrainingOptions options) => secondsPerStep * options.Steps * options.BatchSize / batch;

    /// <summary>Seconds of so many network evaluations on each of so many points.</summary>
    public double Evaluations(double count, double points) => secondsPerEvaluation * count * points / batch;

    private static double Time(Action<long> step)
    {
        var watch = new Stopwatch();
        for (long i = 1; i <= WarmUp + Measured; i++)
        {
            if (i == WarmUp + 1) watch.Start();
            using var scope = NewDisposeScope();
            step(i);
        }
        return watch.Elapsed.TotalSeconds / Measured;
    }
}
