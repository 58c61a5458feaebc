using Veer.Data;
using Veer.Diffusion;

namespace Veer.Training;

/// <summary>
/// Training points at random times of a forward process, x_t = sqrt(abar_t) x0 + sqrt(1 - abar_t) eps: what a DDPM's networks are shown.
/// </summary>
internal sealed class NoisyPoints
{
    private readonly TrainingDraws data;
    private readonly Tensor signal, noise, times;

    /// <param name="schedule">The forward process.</param>
    /// <param name="data">Training points; on the device to train on.</param>
    /// <param name="labelDropout">Probability that the label becomes the null label.</param>
    /// <param name="horizontalFlips">Whether images are mirrored half of the time.</param>
    public NoisyPoints(NoiseSchedule schedule, LabeledData data, double labelDropout = 0, bool horizontalFlips = false)
    {
        this.data = new(data, labelDropout, horizontalFlips);
        var device = this.data.Device;
        float[] Table(Func<int, double> value) => [.. Enumerable.Range(0, schedule.Steps).Select(t => (float)value(t))];
        signal = tensor(Table(t => schedule.LevelAt(t).Alpha), device: device);
        noise = tensor(Table(t => schedule.LevelAt(t).Sigma), device: device);
        times = tensor(Table(t => DdpmDenoiser.Time(t, schedule)), device: device);
    }

    /// <summary>Draws points, each at its own time, uniform over the steps; safe on several threads at once.</summary>
    /// <param name="key">Names the draws.</param>
    /// <param name="count">Number of points.</param>
    public NoisyBatch Draw(RandomKey key, int count)
    {
        using var scope = NewDisposeScope();
        using var draws = key.Draws(data.Device);
        var rows = data.Rows(count, draws);
        var t = draws.Below(times.shape[0], [count]);
        var label = data.Labels(rows, draws);
        var clean = data.Points(rows, draws);
        var drawn = draws.Normal(clean.shape);
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
