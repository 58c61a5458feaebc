using Veer.Data;
using static TorchSharp.torch;

namespace Veer.Benchmarks.SideBySide;

/// <summary>Training of a DDPM's network as one writes it with TorchSharp alone: autograd over the whole batch, torch's AdamW, an average by lerp.</summary>
internal static class PlainTraining
{
    /// <summary>Betas of the linear schedule.</summary>
    private const double FirstBeta = 1e-4, LastBeta = 0.02;

    /// <summary>So many steps a call, which gives their mean loss.</summary>
    public static Func<double> Steps(nn.Module<Tensor, Tensor, Tensor, Tensor> network, LabeledData data, long batch, int steps)
    {
        var remaining = (1 - linspace(FirstBeta, LastBeta, OwnTraining.Times, ScalarType.Float64)).cumprod(0);
        long[] column = [batch, .. data.Points.shape.Skip(1).Select(_ => 1L)];
        Tensor signal = remaining.sqrt().to(ScalarType.Float32), noise = (1 - remaining).sqrt().to(ScalarType.Float32);
        var update = Updates([.. network.parameters()]);
        return () =>
        {
            double sum = 0;
            for (int i = 0; i < steps; i++)
            {
                using var scope = NewDisposeScope();
                using var graph = enable_grad();
                Tensor rows = randint(data.Count, [batch], ScalarType.Int64), t = randint(OwnTraining.Times, [batch], ScalarType.Int64);
                Tensor clean = data.Points[rows], drawn = randn_like(clean);
                var label = data.Labels[rows].masked_fill(rand(batch) < OwnTraining.LabelDropout, data.Classes);
                var mixed = signal[t].reshape(column) * clean + noise[t].reshape(column) * drawn;
                var loss = nn.functional.mse_loss(network.call(mixed, t.to(ScalarType.Float32) / OwnTraining.Times, label), drawn);
                update.Zero();
                loss.backward();
                update.Step();
                sum += loss.item<float>();
            }
            return sum / steps;
        };
    }

    /// <summary>torch's AdamW, and the average behind it.</summary>
    public static (Action Zero, Action Step, Tensor[] Average) Updates(IReadOnlyList<TorchSharp.Modules.Parameter> weights)
    {
        var optimizer = optim.AdamW(weights, OwnTraining.Rate, weight_decay: 0);
        Tensor[] average = [.. weights.Select(weight => weight.detach().clone())];
        return (() => optimizer.zero_grad(), () =>
        {
            optimizer.step();
            using var quiet = no_grad();
            foreach (var (mean, weight) in average.Zip(weights)) mean.lerp_(weight, 1 - OwnTraining.AverageDecay);
        }, average);
    }
}
