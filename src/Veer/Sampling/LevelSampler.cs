using TorchSharp;
using Veer.Diffusion;
using Veer.Runtime;

namespace Veer.Sampling;

/// <summary>
/// Steps down a list of noise levels, batch by batch. A sampler is its step from one level to the next, and where it starts.
/// </summary>
public abstract class LevelSampler : ISampler
{
    private readonly Course? course;
    private readonly Func<NoisingProcess, int, IReadOnlyList<NoiseLevel>>? stops;

    /// <summary>The noise levels of a sampler, and its start.</summary>
    /// <param name="Levels">Noisiest first, ending where the samples shall be.</param>
    /// <param name="StartDeviation">The start is so many times N(0, I).</param>
    private sealed record Course(IReadOnlyList<NoiseLevel> Levels, double StartDeviation);

    /// <summary>Samples the process of whatever denoiser it is given, in so many steps.</summary>
    /// <param name="steps">1 or more; at most as many as a discrete process has.</param>
    /// <param name="stops">The levels of so many steps of a process, where they are not <see cref="NoisingProcess.Levels"/>.</param>
    protected LevelSampler(int steps, Func<NoisingProcess, int, IReadOnlyList<NoiseLevel>>? stops = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        Steps = steps;
        this.stops = stops;
    }

    /// <summary>Samples a process in so many steps.</summary>
    /// <param name="process">Where.</param>
    /// <param name="steps">1 or more; at most as many as a discrete process has.</param>
    /// <param name="stops">The levels of so many steps of a process, where they are not <see cref="NoisingProcess.Levels"/>.</param>
    protected LevelSampler(NoisingProcess process, int steps, Func<NoisingProcess, int, IReadOnlyList<NoiseLevel>>? stops = null)
        : this(steps, stops) => course = Along(process);

    /// <summary>Steps down noise levels of its own.</summary>
    /// <param name="levels">Noisiest first, ending where the samples shall be; each of a smaller sigma / alpha than the one before.</param>
    /// <param name="startDeviation">The start is so many times N(0, I).</param>
    protected LevelSampler(IEnumerable<NoiseLevel> levels, double startDeviation)
    {
        course = Check([.. levels], startDeviation);
        Steps = course.Levels.Count - 1;
    }

    /// <summary>Number of steps.</summary>
    public int Steps { get; }

    /// <summary>The levels of the states, from the start to the end: one more than there are steps.</summary>
    /// <exception cref="InvalidOperationException">They depend on the denoiser (<see cref="LevelsFor"/>).</exception>
    public IReadOnlyList<NoiseLevel> Levels => course?.Levels ?? throw new InvalidOperationException("the levels depend on the denoiser");

    /// <summary>
    /// What states are calculated in, if not in the type of the start. Samples have the type of the start: float32, if it was drawn.
    /// </summary>
    protected virtual ScalarType? StateType => null;

    /// <summary>The levels of the states on the way of a denoiser.</summary>
    /// <exception cref="ArgumentException">Neither sampler nor denoiser say the process.</exception>
    public IReadOnlyList<NoiseLevel> LevelsFor(DenoiserInfo denoiser) => CourseFor(denoiser).Levels;

    /// <inheritdoc/>
    public Tensor Sample(
        IDenoiser denoiser, Tensor labels, long seed, SamplingOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(denoiser);
        return Draw(denoiser, CourseFor(denoiser.Info), labels, seed, options ?? new(), false, cancellation);
    }

    /// <inheritdoc/>
    public Trajectory SampleTrajectory(
        IDenoiser denoiser, Tensor labels, long seed, SamplingOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(denoiser);
        var walked = CourseFor(denoiser.Info);
        return new(Draw(denoiser, walked, labels, seed, options ?? new(), true, cancellation), walked.Levels);
    }

    /// <summary>The state at the next level.</summary>
    /// <param name="denoiser">Guided or not.</param>
    /// <param name="x">The state at the step's first level.</param>
    /// <param name="label">[B] int64.</param>
    /// <param name="from">The step's first level.</param>
    /// <param name="to">Its second level.</param>
    /// <param name="context">What predictions are asked with; says the step.</param>
    /// <param name="fresh">Draws the step's noise, N(0, I) of the shape and type of x.</param>
    /// <param name="cancellation">For steps that take long; it was asked before this one.</param>
    protected abstract Tensor Advance(
        IDenoiser denoiser, Tensor x, Tensor label, NoiseLevel from, NoiseLevel to, PredictionContext context, Func<Tensor> fresh,
        CancellationToken cancellation);

    private Course CourseFor(DenoiserInfo denoiser)
    {
        if (course is not null) return course;
        var process = denoiser.Process
            ?? throw new ArgumentException("the denoiser does not know its process: give the sampler levels or a schedule", nameof(denoiser));
        return Along(process);
    }

    private Course Along(NoisingProcess process)
    {
        var levels = stops?.Invoke(process, Steps) ?? process.Levels(Steps);
        return Check(levels, process.StartDeviation(levels[0]));
    }

    private static Course Check(IReadOnlyList<NoiseLevel> levels, double startDeviation)
    {
        foreach (var level in levels)
        {
            if (!(level.Alpha >= 0 && level.Sigma >= 0 && double.IsFinite(level.Alpha + level.Sigma)))
                throw new ArgumentOutOfRangeException(nameof(levels), level, "alpha and sigma must be finite and not negative");
        }
        double[] ratios = [.. levels.Select(level => level.Sigma / level.Alpha)];
        if (ratios.Length < 2 || !ratios.Zip(ratios.Skip(1)).All(pair => pair.First > pair.Second))
            throw new ArgumentException("two or more levels, each of a smaller sigma / alpha than the one before", nameof(levels));
        return new(levels, startDeviation);
    }

    private Tensor Draw(
        IDenoiser denoiser, Course course, Tensor labels, long seed, SamplingOptions options, bool keep, CancellationToken cancellation)
    {
        long[] shape = options.Validate(labels, denoiser.Info);
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        long total = labels.shape[0];
        long size = options.BatchSize ?? Batches.SizeFor(shape, options.Device ?? labels.device);
        var batches = new List<Tensor>();
        for (long first = 0; first < total; first += size)
        {
            long count = Math.Min(size, total - first);
            using var batch = NewDisposeScope();
            var device = options.Device ?? labels.device;
            var label = labels.narrow(0, first, count).to(device);
            var walk = new Walk(this, course, RandomKey.From(seed, "sample"), first, count, total, shape, options, device);
            var drawn = walk.Run(denoiser, label, keep, cancellation);
            batches.Add(drawn.to(options.Output ?? device).MoveToOuterDisposeScope());
        }
        return cat(batches, keep ? 1 : 0).MoveToOuterDisposeScope();
    }

    /// <summary>A denoiser of anybody's, whose answers must have the shape of what it was asked: smaller ones would be spread out without a word.</summary>
    private sealed class LookedAt(IDenoiser denoiser) : IDenoiser
    {
        public DenoiserInfo Info => denoiser.Info;

        public Prediction Predict(Tensor x, NoiseLevel level, Tensor label, PredictionContext? context)
        {
            var answer = denoiser.Predict(x, level, label, context);
            foreach (var (part, tensor) in ((string, Tensor?)[])[("clean", answer.Clean), ("noise", answer.Noise)])
            {
                if (tensor is null || !tensor.shape.SequenceEqual(x.shape))
                    throw new InputException(denoiser.GetType().Name, part, tensor is null ? "nothing" : $"[{string.Join(", ", tensor.shape)}]", $"[{string.Join(", ", x.shape)}], the shape of x");
            }
            return answer;
        }
    }

    /// <summary>One batch on its way.</summary>
    private sealed class Walk(
        LevelSampler sampler, Course course, RandomKey key, long first, long count, long total, long[] shape, SamplingOptions options, Device device)
    {
        private readonly ScalarType type = options.Start?.dtype ?? ScalarType.Float32;

        /// <summary>[B, ...], or [S, B, ...] where the states are kept.</summary>
        public Tensor Run(IDenoiser denoiser, Tensor label, bool keep, CancellationToken cancellation)
        {
            using var scope = NewDisposeScope();
            using var run = new PredictionContext(options.FirstSample + first, count);
            var asked = new LookedAt(denoiser);
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
                    x = sampler.Advance(
                        asked, before, label, course.Levels[i], course.Levels[i + 1], run.At(i, sampler.Steps), () => Noise(stream, before.dtype), cancellation);
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
            if (options.Start is not { } start) return Noise(key.At(0), inner).mul_(course.StartDeviation);
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
            throw new NonFiniteStateException(sample, step + 1, sampler.Steps, course.Levels[step]);
        }
    }
}
