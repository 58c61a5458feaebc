using Veer.Data;
using Veer.Diffusion;
using static TorchSharp.torch;

namespace Veer.Training;

/// <summary>
/// DDPM training (Eq. 4 of arXiv 2503.10638; Ho et al., arXiv 2006.11239): E over x0, t, eps of ‖eps - eps_theta(x_t, t, c)‖². The
/// label is replaced by the null label with a fixed probability, so that one network learns both sides of classifier-free guidance.
/// </summary>
public sealed class DenoisingObjective : IObjective
{
    private readonly nn.Module<Tensor, Tensor, Tensor, Tensor> network;
    private readonly LabeledData data;
    private readonly Tensor signal, noise, times;
    private readonly double labelDropout;

    /// <param name="network">Predicts the noise from (x_t, t / T, label).</param>
    /// <param name="schedule">The forward process.</param>
    /// <param name="data">Training points; on the device of the network.</param>
    /// <param name="labelDropout">Probability of the null label, 0 to 1.</param>
    public DenoisingObjective(
        nn.Module<Tensor, Tensor, Tensor, Tensor> network, NoiseSchedule schedule, LabeledData data, double labelDropout)
    {
        this.network = network;
        this.data = data;
        this.labelDropout = labelDropout;
        var device = data.Points.device;
        float[] Table(Func<int, double> value) => [.. Enumerable.Range(0, schedule.Steps).Select(t => (float)value(t))];
        signal = tensor(Table(t => schedule.LevelAt(t).Signal), device: device);
        noise = tensor(Table(t => schedule.LevelAt(t).Noise), device: device);
        times = tensor(Table(t => NetworkDenoiser.Time(t, schedule)), device: device);
    }

    /// <inheritdoc/>
    public nn.Module Network => network;

    /// <inheritdoc/>
    public Tensor Loss(RandomKey key, int count)
    {
        using var scope = NewDisposeScope();
        var device = data.Points.device;
        using var generator = key.Generator(device);
        var rows = randint(0, data.Count, [count], ScalarType.Int64, device, generator: generator);
        var t = randint(0, times.shape[0], [count], ScalarType.Int64, device, generator: generator);
        var clean = data.Points.index_select(0, rows);
        var label = data.Labels.index_select(0, rows);
        if (labelDropout > 0)
            label = label.masked_fill(rand([count], device: device, generator: generator) < labelDropout, (long)data.Classes);
        var drawn = randn(clean.shape, device: device, generator: generator);
        long[] column = [count, .. Enumerable.Repeat(1L, clean.shape.Length - 1)];
        var mixed = signal.index_select(0, t).reshape(column) * clean + noise.index_select(0, t).reshape(column) * drawn;
        var predicted = network.forward(mixed, times.index_select(0, t), label);
        return nn.functional.mse_loss(predicted, drawn).MoveToOuterDisposeScope();
    }
}
