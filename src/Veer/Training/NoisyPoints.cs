using Veer.Data;
using Veer.Diffusion;
using static TorchSharp.torch;

namespace Veer.Training;

/// <summary>
/// Training points at random times of a forward process, x_t = sqrt(abar_t) x0 + sqrt(1 - abar_t) eps: what a DDPM's networks are shown.
/// </summary>
internal sealed class NoisyPoints
{
    private readonly LabeledData data;
    private readonly Tensor signal, noise, times;

    /// <param name="schedule">The forward process.</param>
    /// <param name="data">Training points; on the device to train on.</param>
    public NoisyPoints(NoiseSchedule schedule, LabeledData data)
    {
        this.data = data;
        var device = data.Points.device;
        float[] Table(Func<int, double> value) => [.. Enumerable.Range(0, schedule.Steps).Select(t => (float)value(t))];
        signal = tensor(Table(t => schedule.LevelAt(t).Signal), device: device);
        noise = tensor(Table(t => schedule.LevelAt(t).Noise), device: device);
        times = tensor(Table(t => NetworkDenoiser.Time(t, schedule)), device: device);
    }

    /// <summary>Draws points, each at its own time, uniform over the steps; safe on several threads at once.</summary>
    /// <param name="key">Names the draws.</param>
    /// <param name="count">Number of points.</param>
    /// <param name="labelDropout">Probability that the label becomes the null label.</param>
    public NoisyBatch Draw(RandomKey key, int count, double labelDropout = 0)
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
        return new(
            mixed.MoveToOuterDisposeScope(), times.index_select(0, t).MoveToOuterDisposeScope(),
            label.MoveToOuterDisposeScope(), drawn.MoveToOuterDisposeScope());
    }
}

/// <summary>Noisy points and what made them.</summary>
/// <param name="Mixed">[B, ...] x_t.</param>
/// <param name="Time">[B] t / T.</param>
/// <param name="Label">[B] int64.</param>
/// <param name="Noise">[B, ...] eps.</param>
internal readonly record struct NoisyBatch(Tensor Mixed, Tensor Time, Tensor Label, Tensor Noise);
