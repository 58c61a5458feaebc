using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Veer.Diffusion;

namespace Veer.Guidance;

/// <summary>How <see cref="Cads"/> noises the labels.</summary>
public sealed record CadsOptions : IValidatableObject
{
    /// <summary>The paper's s, the standard deviation of the label's noise. 0 turns the annealing off.</summary>
    [Description("s, of the noise on the label")]
    [Range(0.0, 100.0)]
    public double AnnealingNoise { get; init; } = 0.25;

    /// <summary>The paper's tau1: up to this t, 0 to 1 (1: pure noise), the label is left as it is.</summary>
    [Description("tau1, until which the label is whole")]
    [Range(0.0, 1.0)]
    public double AnnealingStart { get; init; } = 0.6;

    /// <summary>The paper's tau2: from this t on the label is noise alone.</summary>
    [Description("tau2, from which it is noise alone")]
    [Range(0.0, 1.0)]
    public double AnnealingEnd { get; init; } = 0.9;

    /// <summary>The paper's psi: the share of the noised label rescaled to the mean and standard deviation that it had; 0 (as it is) to 1.</summary>
    [Description("psi, how much is rescaled")]
    [Range(0.0, 1.0)]
    public double MixingFactor { get; init; } = 1;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (AnnealingStart >= AnnealingEnd) yield return new(FormattableString.Invariant($"less than annealing_end, {AnnealingEnd}"), [nameof(AnnealingStart)]);
    }
}

/// <summary>
/// Condition-annealed sampling, CADS (Sadat et al., arXiv 2310.17347): early in sampling the denoiser is asked with a noised label,
/// sqrt(gamma) · y + s · sqrt(1 - gamma) · n with n ~ N(0, I), where gamma(t) falls from 1 at tau1 to 0 at tau2, linearly. So the samples
/// of a class spread before the conditioning takes hold. Guidance is wrapped around it: the null label, which it asks for, is left alone.
/// </summary>
/// <remarks>
/// t is the timestep of the level on the schedule, over T: 0 near the data, 1 at pure noise. y is the one-hot row that the network is
/// given, the coordinates of the embedding that the paper noises; so the null label's weight gets noise too, unless the network never
/// learned it. Mean and standard deviation are those of one sample's row. The noise is keyed by (seed, timestep to the nearest whole, sample), the
/// sample's index being told by the sampler (<see cref="PredictionContext"/>): neither batches nor guidance around it change the noise.
/// </remarks>
public sealed class Cads : IDenoiser
{
    /// <summary>What settings and commands know of it.</summary>
    public static GuidanceKind Kind { get; } = new()
    {
        Name = "condition-annealing",
        Title = "Condition-annealed sampling (CADS)",
        Formula = "classifier-free around D(sqrt(gamma) · label + s · sqrt(1 - gamma) · n)",
        Source = "arXiv 2310.17347",
        Needs = GuidanceNeeds.Timesteps | GuidanceNeeds.SoftLabels,
        Options = new CadsOptions(),
        Make = (parts, scale) => new ClassifierFreeGuidance(
            new Cads(parts.Denoiser, ((DiscreteProcess)parts.Process!).Schedule, parts.Seed, (CadsOptions)parts.Options!), scale),
    };

    private readonly IDenoiser denoiser;
    private readonly NoiseSchedule schedule;
    private readonly RandomKey key;
    private readonly CadsOptions options;

    /// <param name="denoiser">One that knows soft labels: a network, not yet wrapped in classifier-free guidance.</param>
    /// <param name="schedule">Its forward process, all T steps: what the time of a level is read from.</param>
    /// <param name="seed">Of the labels' noise.</param>
    /// <param name="options">How much noise, and when.</param>
    /// <exception cref="InputException">
    /// The denoiser knows no soft labels, or a single label, or an option is out of its range.
    /// </exception>
    public Cads(IDenoiser denoiser, NoiseSchedule schedule, long seed, CadsOptions? options = null)
    {
        options ??= new();
        if (!denoiser.Info.KnowsSoftLabels)
            throw new InputException("CADS", "model", "one that knows no soft labels", "a network, with any other guidance around CADS");
        if (denoiser.Info.Classes == 1 && !denoiser.Info.KnowsNullLabel)
            throw new InputException("CADS", "model", "a single label", "two or more, the null label counted");
        if (!(options.AnnealingNoise >= 0 && double.IsFinite(options.AnnealingNoise)))
            throw new InputException("CADS", "noise scale", FormattableString.Invariant($"{options.AnnealingNoise}"), "a finite number, 0 or more");
        if (!(0 <= options.AnnealingStart && options.AnnealingStart <= options.AnnealingEnd && options.AnnealingEnd <= 1))
            throw new InputException("CADS", "times", FormattableString.Invariant($"{options.AnnealingStart} to {options.AnnealingEnd}"), "0 to 1, tau1 at most tau2");
        if (options.MixingFactor is not (>= 0 and <= 1))
            throw new InputException("CADS", "mixing factor", FormattableString.Invariant($"{options.MixingFactor}"), "0 to 1");
        if (schedule.Timesteps[^1] != schedule.Steps - 1)
            throw new ArgumentException("the schedule that the network was trained on, not a respaced one", nameof(schedule));
        (this.denoiser, this.schedule, this.options) = (denoiser, schedule, options);
        Info = denoiser.Info with { KnowsSoftLabels = false };
        key = RandomKey.From(seed, "condition annealing");
    }

    /// <inheritdoc/>
    public DenoiserInfo Info { get; }

    /// <inheritdoc/>
    public Prediction Predict(Tensor x, NoiseLevel level, Tensor label, PredictionContext? context = null)
    {
        double timestep = schedule.TimestepOf(level);
        double gamma = Gamma(DdpmDenoiser.Time(timestep, schedule));
        if (gamma == 1 || options.AnnealingNoise == 0) return denoiser.Predict(x, level, label, context);
        using var scope = NewDisposeScope();
        var (clean, noise) = denoiser.Predict(x, level, AddNoise(label, gamma, key.At((long)Math.Round(timestep)), x.dtype, context), context);
        return new(clean.MoveToOuterDisposeScope(), noise.MoveToOuterDisposeScope());
    }

    private double Gamma(double time) =>
        time <= options.AnnealingStart ? 1 : time >= options.AnnealingEnd ? 0 : (options.AnnealingEnd - time) / (options.AnnealingEnd - options.AnnealingStart);

    /// <summary>[B, C + 1].</summary>
    private Tensor AddNoise(Tensor label, double gamma, RandomKey stream, ScalarType type, PredictionContext? context)
    {
        // a network that never saw the null label has untrained weights there
        int known = Info.KnowsNullLabel ? Info.Classes + 1 : Info.Classes;
        var named = label.ne(Info.Classes);
        long first = context?.FirstSample ?? 0, copies = context?.Copies(label.shape[0]) ?? 1;
        var normal = stream.Normal(first, label.shape[0] / copies, [known], label.device).to(type).repeat([copies, 1]);
        var exact = nn.functional.one_hot(label, known).to(type);
        var noised = exact * Math.Sqrt(gamma) + normal * (options.AnnealingNoise * Math.Sqrt(1 - gamma));
        var rescaled = (noised - Mean(noised)) / Deviation(noised) * Deviation(exact) + Mean(exact);
        var mixed = rescaled * options.MixingFactor + noised * (1 - options.MixingFactor);
        return nn.functional.pad(where(named.unsqueeze(1), mixed, exact), [0, Info.Classes + 1 - known]);
    }

    private static Tensor Mean(Tensor rows) => rows.mean([1], keepdim: true);

    private static Tensor Deviation(Tensor rows) => (rows - Mean(rows)).square().mean([1], keepdim: true).sqrt();
}
