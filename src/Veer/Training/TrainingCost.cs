using System.Diagnostics;
using static TorchSharp.torch;

namespace Veer.Training;

/// <summary>What a training step costs on this machine.</summary>
public static class TrainingCost
{
    /// <summary>Seconds of one step, measured over a few; the network's weights are not kept from harm.</summary>
    public static double SecondsPerStep(IObjective objective, int batchSize, int steps, int warmUp = 3)
    {
        var gradient = new ShardedGradient(objective, batchSize);
        using var optimizer = new AdamW(objective.Network.named_parameters().Select(p => (p.name, p.parameter)));
        var watch = new Stopwatch();
        for (int step = 1; step <= warmUp + steps; step++)
        {
            if (step == warmUp + 1) watch.Start();
            using var scope = NewDisposeScope();
            var (loss, gradients) = gradient.At(new RandomKey(0).At(step), scope);
            optimizer.Step(gradients, step, 0, 0);
        }
        return watch.Elapsed.TotalSeconds / steps;
    }
}
