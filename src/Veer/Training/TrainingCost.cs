using System.Diagnostics;
using TorchSharp;

namespace Veer.Training;

/// <summary>What a training step costs on this machine.</summary>
internal static class TrainingCost
{
    private const double MostSeconds = 2;

    /// <summary>Seconds of one step, measured over a few; the network's weights are not kept from harm.</summary>
    public static double SecondsPerStep(IObjective objective, int batchSize, int steps, int warmUp = 3)
    {
        var gradient = new ShardedGradient(objective, batchSize);
        using var optimizer = new AdamW(objective.Network.named_parameters().Select(p => (p.name, p.parameter)));
        int step = 0;
        return SecondsOf(
            scope =>
            {
                var (loss, gradients) = gradient.At(new RandomKey(0).At(++step), scope);
                optimizer.Step(gradients, step, 0, 0);
                // waits for a device
                loss.ToSingle();
            },
            steps, warmUp);
    }

    /// <summary>Seconds of some work, each time in a dispose scope of its own: the mean over some times, after others that do not count; work that takes long is done fewer times.</summary>
    public static double SecondsOf(Action<DisposeScope> work, int times, int warmUp)
    {
        var whole = Stopwatch.StartNew();
        var watch = Stopwatch.StartNew();
        int counted = 0;
        for (int time = 0; time < warmUp + times && (time == 0 || whole.Elapsed.TotalSeconds < MostSeconds); time++)
        {
            if (time == warmUp) (watch, counted) = (Stopwatch.StartNew(), 0);
            using var scope = NewDisposeScope();
            work(scope);
            counted++;
        }
        return watch.Elapsed.TotalSeconds / counted;
    }
}
