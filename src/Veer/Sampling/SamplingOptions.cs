using TorchSharp;
using Veer.Diffusion;
using Veer.Runtime;

namespace Veer.Sampling;

/// <summary>How samples are drawn; none of it changes a sample beyond rounding (or an adaptive solver's tolerance), but for <see cref="Start"/>.</summary>
public sealed record SamplingOptions
{
    /// <summary>Index of the first sample, which keys its noise: draws can be split over runs or machines. 0 or more.</summary>
    public long FirstSample { get; init; }

    /// <summary>Samples drawn together, 1 or more; null: as many as <see cref="Batches"/> says.</summary>
    public int? BatchSize { get; init; }

    /// <summary>[N, ...] the start states, instead of drawn ones; their type (float32 or float64) is kept throughout.</summary>
    public Tensor? Start { get; init; }

    /// <summary>The shape of one sample; that of the denoiser, if not given.</summary>
    public IReadOnlyList<long>? Shape { get; init; }

    /// <summary>Where to compute; null: where the labels are.</summary>
    public Device? Device { get; init; }

    /// <summary>Where finished batches go (the CPU, say); null: they stay.</summary>
    public Device? Output { get; init; }

    /// <summary>
    /// Steps between looks at whether all is finite, 1 or more; the last step is always looked at. Every step is watched on the
    /// device, so the error names the right one, but each look waits for the device.
    /// </summary>
    public int CheckEvery { get; init; } = 10;

    /// <summary>Told after every step.</summary>
    public IProgress<SamplingProgress>? Progress { get; init; }

    /// <summary>The shape of one sample.</summary>
    /// <exception cref="ArgumentException">Labels, start or shape do not fit each other, or nobody says the shape.</exception>
    internal long[] Validate(Tensor labels, DenoiserInfo denoiser)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(FirstSample);
        ArgumentOutOfRangeException.ThrowIfLessThan(CheckEvery, 1);
        if (BatchSize is int size) ArgumentOutOfRangeException.ThrowIfLessThan(size, 1, nameof(BatchSize));
        if (labels.dim() != 1 || labels.shape[0] == 0 || labels.dtype != ScalarType.Int64)
            throw new ArgumentException("labels must be [N] int64 with N at least 1", nameof(labels));
        using var scope = NewDisposeScope();
        long least = denoiser.KnowsLabels ? 0 : denoiser.Classes, most = denoiser.KnowsNullLabel ? denoiser.Classes : denoiser.Classes - 1;
        if (labels.min().ToInt64() < least || labels.max().ToInt64() > most)
        {
            string allowed = denoiser.KnowsLabels ? $"0 to {denoiser.Classes - 1}{(denoiser.KnowsNullLabel ? $", or {denoiser.Classes}, the null label" : "")}" : $"{denoiser.Classes}, the null label: no other was trained";
            throw new ArgumentException($"labels must be {allowed}", nameof(labels));
        }
        long[] shape = Shape is not null ? [.. Shape] : denoiser.SampleShape is { Length: > 0 } known ? known : Start?.shape[1..]
            ?? throw new ArgumentException("the denoiser does not know the shape of a sample: say it in the options", nameof(denoiser));
        if (Start is { } given && given.dtype is not (ScalarType.Float32 or ScalarType.Float64)) throw new ArgumentException($"Start must be float32 or float64, not {given.dtype}", nameof(labels));
        return Start is { } start && !start.shape.SequenceEqual([labels.shape[0], .. shape])
            ? throw new ArgumentException("Start must be [N, shape...], one state for every label", nameof(labels))
            : shape;
    }
}

/// <summary>How far a draw has come.</summary>
/// <param name="Samples">Samples finished in earlier batches.</param>
/// <param name="Batch">Samples in this batch.</param>
/// <param name="Total">All samples asked for.</param>
/// <param name="Step">Steps done in this batch.</param>
/// <param name="Steps">Steps of a batch.</param>
public readonly record struct SamplingProgress(long Samples, long Batch, long Total, int Step, int Steps)
{
    /// <summary>The share of the whole work that is done, 0 to 1.</summary>
    public double Fraction => (Samples + Batch * (double)Step / Steps) / Total;
}
