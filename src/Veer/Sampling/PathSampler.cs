using TorchSharp;
using Veer.Diffusion;
using static TorchSharp.torch;

namespace Veer.Sampling;

/// <summary>
/// Walks down a list of noise levels with x_s = a_s · Clean + sqrt(b_s² - eta²) · Noise + eta · z, z ~ N(0, I). A sampler is its
/// choice of eta (DDIM, Song et al., arXiv 2010.02502, Eq. 12).
/// </summary>
public abstract class PathSampler : ISampler
{
    private readonly double startDeviation;

    /// <summary>The steps of a variance-preserving process, noisiest first, then the clean sample. Starts at N(0, I).</summary>
    private protected PathSampler(NoiseSchedule schedule, int? steps)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        if (steps is int count && count != schedule.Steps) schedule = schedule.Respace(count);
        Levels = [.. Enumerable.Range(0, schedule.Steps).Reverse().Select(schedule.LevelAt), Level.Clean];
        startDeviation = 1;
    }

    /// <summary>Levels of any path, noisiest first. Starts at b · N(0, I), as EDM and rectified flows do.</summary>
    private protected PathSampler(IEnumerable<Level> levels)
    {
        Levels = [.. levels];
        double[] ratios = [.. Levels.Select(level => level.Noise / level.Signal)];
        if (ratios.Length < 2 || !ratios.Zip(ratios.Skip(1)).All(pair => pair.First > pair.Second))
            throw new ArgumentException("two or more levels, each with less noise to its signal than the one before", nameof(levels));
        startDeviation = Levels[0].Noise;
    }

    /// <summary>The levels of the states, from the start to the end: one more than there are steps.</summary>
    public IReadOnlyList<Level> Levels { get; }

    /// <summary>Number of steps, each one prediction.</summary>
    public int Steps => Levels.Count - 1;

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

    /// <summary>One step from a prediction at one level to the next level.</summary>
    /// <param name="prediction">The parts of x at <paramref name="from"/>.</param>
    /// <param name="from">The level of x.</param>
    /// <param name="to">A level with less noise.</param>
    /// <param name="fresh">z, of the shape of x; not needed where <see cref="FreshNoise"/> is 0.</param>
    public Tensor Step(Prediction prediction, Level from, Level to, Tensor? fresh)
    {
        using var scope = NewDisposeScope();
        double added = FreshNoise(from, to);
        var next = prediction.Clean * to.Signal;
        next.add_(prediction.Noise, alpha: KeptNoise(from, to));
        if (added > 0) next.add_(fresh ?? throw new ArgumentNullException(nameof(fresh)), alpha: added);
        return next.MoveToOuterDisposeScope();
    }

    /// <summary>eta: the deviation of the noise that a step adds.</summary>
    public abstract double FreshNoise(Level from, Level to);

    /// <summary>The coefficient of the predicted noise.</summary>
    private protected virtual double KeptNoise(Level from, Level to)
    {
        double added = FreshNoise(from, to);
        return Math.Sqrt(Math.Max(0, to.Noise * to.Noise - added * added));
    }

    /// <summary>
    /// Deviation of x_s given x_t and the clean sample, in the process that noises s into t:
    /// eta² = (b_s² / b_t²) · (b_t² - (a_t / a_s)² · b_s²).
    /// </summary>
    private protected static double PosteriorDeviation(Level from, Level to)
    {
        double kept = from.Signal / to.Signal * to.Noise / from.Noise;
        return to.Noise * Math.Sqrt(Math.Max(0, 1 - kept * kept));
    }

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
            var walk = new Walk(this, RandomKey.Of(seed, "sample"), first, count, total, shape, options, device);
            var drawn = walk.Run(denoiser, label, keep, cancellation);
            batches.Add(drawn.to(options.Output ?? device).MoveToOuterDisposeScope());
        }
        return cat(batches, keep ? 1 : 0).MoveToOuterDisposeScope();
    }

    /// <summary>One batch on its way.</summary>
    private sealed class Walk(
        PathSampler sampler, RandomKey key, long first, long count, long total, long[] shape, SamplingOptions options, Device device)
    {
        /// <summary>[B, ...], or [S, B, ...] where the states are kept.</summary>
        public Tensor Run(IDenoiser denoiser, Tensor label, bool keep, CancellationToken cancellation)
        {
            using var scope = NewDisposeScope();
            var x = Start();
            var states = new List<Tensor> { x };
            var spoilt = full([count], sampler.Steps, ScalarType.Int32, device);
            for (int i = 0; i < sampler.Steps; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                using (NewDisposeScope())
                {
                    var (from, to) = (sampler.Levels[i], sampler.Levels[i + 1]);
                    var fresh = sampler.FreshNoise(from, to) > 0 ? Noise(key.At(1 + i), x.dtype) : null;
                    x = sampler.Step(denoiser.Predict(x, from, label), from, to, fresh);
                    // the number of the first step that spoilt each sample
                    var finite = x.reshape(count, -1).isfinite().all(1);
                    spoilt.copy_(spoilt.minimum(finite.to(ScalarType.Int32) * (sampler.Steps - i) + i));
                    x.MoveToOuterDisposeScope();
                }
                if (keep) states.Add(x);
                else
                {
                    states[0].Dispose();
                    states[0] = x;
                }
                if ((i + 1) % options.CheckEvery == 0 || i == sampler.Steps - 1) ThrowIfSpoilt(spoilt);
                options.Progress?.Report(new(first, count, total, i + 1, sampler.Steps));
            }
            return (keep ? stack(states) : x).MoveToOuterDisposeScope();
        }

        private Tensor Start()
        {
            if (options.Start is not { } start) return Noise(key.At(0), ScalarType.Float32).mul_(sampler.startDeviation);
            // a copy: narrowed views share the caller's memory, and states are disposed of
            return start.narrow(0, first, count).to(device, copy: true);
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
