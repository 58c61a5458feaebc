using Veer.Data;
using Veer.Diffusion;

namespace Veer.Training;

/// <summary>
/// Training points at random times of a forward process, x_t = sqrt(abar_t) x0 + sqrt(1 - abar_t) eps: what a DDPM's networks are shown.
/// </summary>
internal sealed class NoisyPoints
{
    private readonly TrainingDraws draws;
    private readonly Tensor signal, noise, times;

    /// <param name="schedule">The forward process.</param>
    /// <param name="data">Training points; on the device to train on.</param>
    /// <param name="labelDropout">Probability that the label becomes the null label.</param>
    /// <param name="horizontalFlips">Whether images are mirrored half of the time.</param>
    public NoisyPoints(NoiseSchedule schedule, LabeledData data, double labelDropout = 0, bool horizontalFlips = false)
    {
        draws = new(data, labelDropout, horizontalFlips);
        var device = draws.Device;
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
        var device = draws.Device;
        using var generator = key.Generator(device);
        var rows = draws.Rows(count, generator);
        var t = randint(0, times.shape[0], [count], ScalarType.Int64, device, generator: generator);
        var label = draws.Labels(rows, generator);
        var clean = draws.Points(rows, generator);
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
