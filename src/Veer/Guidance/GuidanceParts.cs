using System.Collections.Concurrent;
using Veer.Data;
using Veer.Diffusion;

namespace Veer.Guidance;

/// <summary>What a guidance is made from.</summary>
/// <param name="Denoiser">The denoiser that is guided.</param>
public sealed record GuidanceParts(IDenoiser Denoiser)
{
    /// <summary>The classifier of a guidance that asks for one.</summary>
    public INoisyClassifier? Classifier { get; init; }

    /// <summary>The weaker model of a guidance that asks for one.</summary>
    public IDenoiser? Guide { get; init; }

    /// <summary>Real points, for a guidance that is fitted to them.</summary>
    public LabeledData? Data { get; init; }

    /// <summary>The denoiser's device; that of the data, if not given.</summary>
    public Device? Device { get; init; }

    /// <summary>The process that samplers walk; that of the denoiser, if not given.</summary>
    public NoisingProcess? Process { get => field ?? Denoiser.Info.Process; init; }

    /// <summary>The sampler's levels, for a guidance that is fitted at them.</summary>
    public IReadOnlyList<NoiseLevel> Levels { get; init; } = [];

    /// <summary>Of the draws of a guidance that draws.</summary>
    public long Seed { get; init; }

    /// <summary>The guidance's options; the usual ones, if not given.</summary>
    public object? Options { get; init; }

    /// <summary>What was fitted to this denoiser, process, data and levels, for every scale and guidance; freed by whoever made the parts.</summary>
    public ConcurrentDictionary<Type, IDisposable> Fitted { get; init; } = [];

    /// <summary>Ends a fit.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>What was fitted before, or else is now.</summary>
    internal T Once<T>(Func<T> fit)
        where T : class, IDisposable => (T)Fitted.GetOrAdd(typeof(T), _ => fit());
}
