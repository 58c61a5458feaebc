using Veer.Data;
using Veer.Diffusion;
using Veer.Networks;
using Veer.Training;
using static TorchSharp.torch;

namespace Veer.Benchmarks.SideBySide;

/// <summary>Training of a DDPM's network as Veer does it, and what all sides agree upon.</summary>
internal static class OwnTraining
{
    public const int Times = 1000;
    public const double LabelDropout = 0.1, Rate = 1e-4, AverageDecay = 0.99;

    /// <summary>So many steps a call, which gives their mean loss.</summary>
    public static Func<double> Steps(ConditionalNetwork network, LabeledData data, int batch, int steps)
    {
        var gradient = new ShardedGradient(new DenoisingObjective(network, NoiseSchedule.Linear(Times), data, LabelDropout), batch);
        var optimizer = new AdamW(network.named_parameters().Select(p => (p.name, p.parameter)));
        long step = 0;
        return () =>
        {
            double sum = 0;
            for (int i = 0; i < steps; i++)
            {
                using var scope = NewDisposeScope();
                using var graph = enable_grad();
                var (loss, gradients) = gradient.At(new RandomKey(0).At(++step), scope);
                optimizer.Step(gradients, step, Rate, AverageDecay);
                sum += loss.item<float>();
            }
            return sum / steps;
        };
    }

    public static void Write(string folder, LabeledData data)
    {
        Arrays.Write(folder, "points", data.Points);
        Arrays.Write(folder, "labels", data.Labels);
    }

    public static LabeledData Read(string folder, int classes) => new(Arrays.Read(folder, "points"), Arrays.Read(folder, "labels"), classes);
}
