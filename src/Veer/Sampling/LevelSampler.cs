using TorchSharp;
using Veer.Diffusion;
using static TorchSharp.torch;

namespace Veer.Sampling;

/// <summary>
/// Walks down a list of noise levels, batch by batch. A sampler is its step from one level to the next, and where it starts.
/// </summary>
public abstract class LevelSampler : ISampler
{
    private readonly double startDeviation;

    /// <param name="levels">Noisiest first, ending where the samples shall be.</param>
    /// <param name="startDeviation">The start is so many times N(0, I).</param>
    private protected LevelSampler(IEnumerable<NoiseLevel> levels, double startDeviation)
    {
        Levels = [.. levels];
        foreach (var level in Levels)
        {
            if (!(level.Alpha >= 0 && level.Sigma >= 0 && double.IsFinite(level.Alpha + level.Sigma)))
                throw new ArgumentOutOfRangeException(nameof(levels), level, "signal and noise must be finite and not negative");
        }
        double[] ratios = [.. Levels.Select(level => level.Sigma / level.Alpha)];
        if (ratios.Length < 2 || !ratios.Zip(ratios.Skip(1)).All(pair => pair.First > pair.Second))
            throw new ArgumentException("two or more levels, each with less noise to its signal than the one before", nameof(levels));
        this.startDeviation = startDeviation;
    }

    /// <summary>The levels of the states, from the start to the end: one more than there are steps.</summary>
    public IReadOnlyList<NoiseLevel> Levels { get; }

    /// <summary>Number of steps.</summary>
    public int Steps => Levels.Count - 1;

    /// <summary>
    /// What states are calculated in, if not in the type of the start. Samples have the type of the start: float32, if it was drawn.
    /// </summary>
    private protected virtual ScalarType? StateType => null;

    /// <inheritdoc/>
    public Tensor Sample(
        IDenoiser denoiser, Tensor labels, long[] shape, long seed, SamplingOptions? options = null,
        CancellationToken cancellation = default) =>
        Draw(denoiser, labels, shape, seed, options ?? new(), false, cancellation);

    /// <inheritdoc/>
    public Trajectory SampleTrajectory(
        IDenoiser denoiser, Tensor labels, long[] shape, long seed, SamplingOptions? options = null,
        CancellationToken cancellation = default) =>
        new(Draw(denoiser, labels, shape, seed, options ?? new(), true, cancellation), Levels);

    /// <summary>The state at the next level.</summary>
    /// <param name="denoiser">Guided or not.</param>
    /// <param name="x">The state at the step's first level.</param>
    /// <param name="label">[B] int64.</param>
    /// <param name="step">Number of the step, from 0.</param>
    /// <param name="fresh">Draws the step's noise, N(0, I) of the shape and type of x.</param>
    /// <param name="cancellation">For steps that take long; it was asked before this one.</param>
    private protected abstract Tensor Advance(
        IDenoiser denoiser, Tensor x, Tensor label, int step, Func<Tensor> fresh, CancellationToken cancellation);

    private Tensor Draw(
        IDenoiser denoiser, Tensor labels, long[] shape, long seed, SamplingOptions options, bool keep, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(denoiser);
        options.Validate(labels, shape);
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        long total = labels.shape[0];
        long size = options.BatchSize ?? total;
        var batches = new List<Tensor>();
        for (long first = 0; first < total; first += size)
        {
            long count = Math.Min(size, total - first);
            using var batch = NewDisposeScope();
            var device = options.Device ?? labels.device;
            var label = labels.narrow(0, first, count).to(device);
            using var samples = SampleIndices.From(options.FirstSample + first, count);
            var walk = new Walk(this, RandomKey.From(seed, "sample"), first, count, total, shape, options, device);
            var drawn = walk.Run(denoiser, label, keep, cancellation);
            batches.Add(drawn.to(options.Output ?? device).MoveToOuterDisposeScope());
        }
        return cat(batches, keep ? 1 : 0).MoveToOuterDisposeScope();
    }

    /// <summary>One batch on its way.</summary>
    private sealed class Walk(
        LevelSampler sampler, RandomKey key, long first, long count, long total, long[] shape, SamplingOptions options, Device device)
    {
        private readonly ScalarType type = options.Start?.dtype ?? ScalarType.Float32;

        /// <summary>[B, ...], or [S, B, ...] where the states are kept.</summary>
        public Tensor Run(IDenoiser denoiser, Tensor label, bool keep, CancellationToken cancellation)
        {
            using var scope = NewDisposeScope();
            var x = Start();
            var states = new List<Tensor>();
            if (keep) states.Add(x.to(type, copy: true));
            var spoilt = full([count], sampler.Steps, ScalarType.Int32, device);
            for (int i = 0; i < sampler.Steps; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                var before = x;
                using (NewDisposeScope())
                {
                    var stream = key.At(1 + i);
                    x = sampler.Advance(denoiser, before, label, i, () => Noise(stream, before.dtype), cancellation);
                    // the number of the first step that spoilt each sample
                    var finite = x.reshape(count, -1).isfinite().all(1);
                    spoilt.copy_(spoilt.minimum(finite.to(ScalarType.Int32) * (sampler.Steps - i) + i));
                    x.MoveToOuterDisposeScope();
                }
                before.Dispose();
                if (keep) states.Add(x.to(type, copy: true));
                if ((i + 1) % options.CheckEvery == 0 || i == sampler.Steps - 1) ThrowIfSpoilt(spoilt);
                options.Progress?.Report(new(first, count, total, i + 1, sampler.Steps));
            }
            return (keep ? stack(states) : x.to(type)).MoveToOuterDisposeScope();
        }

        private Tensor Start()
        {
            var inner = sampler.StateType ?? type;
            if (options.Start is not { } start) return Noise(key.At(0), inner).mul_(sampler.startDeviation);
            // a copy: narrowed views share the caller's memory, and states are disposed of
            return start.narrow(0, first, count).to(inner, device, copy: true);
        }

        private Tensor Noise(RandomKey stream, ScalarType type) =>
            stream.Normal(options.FirstSample + first, count, shape, device).to(type);

        private void ThrowIfSpoilt(Tensor spoilt)
        {
            int step = spoilt.min().ToInt32();
            if (step == sampler.Steps) return;
            long sample = options.FirstSample + first + spoilt.argmin().ToInt64();
            throw new NonFiniteStateException(sample, step + 1, sampler.Steps, sampler.Levels[step]);
        }
    }
}
