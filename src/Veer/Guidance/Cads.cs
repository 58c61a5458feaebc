using Veer.Diffusion;
using static TorchSharp.torch;

namespace Veer.Guidance;

/// <summary>How <see cref="Cads"/> noises the labels; the names are the paper's.</summary>
public sealed record CadsOptions
{
    /// <summary>s, the deviation of the label's noise: 0 or more. 0 turns the annealing off.</summary>
    public double NoiseScale { get; init; } = 0.25;

    /// <summary>tau1: up to this time the label is left as it is; 0 to 1.</summary>
    public double Tau1 { get; init; } = 0.6;

    /// <summary>tau2: from this time on the label is noise alone; tau1 to 1.</summary>
    public double Tau2 { get; init; } = 0.9;

    /// <summary>psi: the share of the noised label rescaled to the mean and deviation that it had; 0 (as it is) to 1.</summary>
    public double MixingFactor { get; init; } = 1;
}

/// <summary>
/// Condition-annealed sampling, CADS (Sadat et al., arXiv 2310.17347): early in sampling the denoiser is asked with a noised label,
/// sqrt(gamma) · y + s · sqrt(1 - gamma) · n with n ~ N(0, I), where gamma(t) falls from 1 at tau1 to 0 at tau2, linearly. So the samples
/// of a class spread before the class takes hold. Guidance is wrapped around it: the null label, which it asks for, is left alone.
/// </summary>
/// <remarks>
/// t is the timestep of the level on the schedule, over T: 0 near the data, 1 at pure noise. y is the one-hot row that the network is
/// given, the coordinates of the embedding that the paper noises; so the null label's weight gets noise too, unless the network never
/// learned it. Mean and deviation are those of one sample's row. The noise is keyed by (seed, timestep to the nearest whole, sample), the
/// sample's index being told by the sampler (<see cref="SampleIndices"/>): neither batches nor guidance around it change the noise.
/// </remarks>
public sealed class Cads : IDenoiser
{
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
        if (!denoiser.KnowsSoftLabels)
            throw new InputException("CADS", "model", "one that knows no soft labels", "a network, with any other guidance around CADS");
        if (denoiser.Classes == 1 && !denoiser.KnowsNullLabel)
            throw new InputException("CADS", "model", "a single label", "two or more, the null label counted");
        if (!(options.NoiseScale >= 0 && double.IsFinite(options.NoiseScale)))
            throw new InputException("CADS", "noise scale", FormattableString.Invariant($"{options.NoiseScale}"), "a finite number, 0 or more");
        if (!(0 <= options.Tau1 && options.Tau1 <= options.Tau2 && options.Tau2 <= 1))
            throw new InputException("CADS", "times", FormattableString.Invariant($"{options.Tau1} to {options.Tau2}"), "0 to 1, tau1 at most tau2");
        if (options.MixingFactor is not (>= 0 and <= 1))
            throw new InputException("CADS", "mixing factor", FormattableString.Invariant($"{options.MixingFactor}"), "0 to 1");
        if (schedule.Timesteps[^1] != schedule.Steps - 1)
            throw new ArgumentException("the schedule that the network was trained on, not a respaced one", nameof(schedule));
        (this.denoiser, this.schedule, this.options) = (denoiser, schedule, options);
        key = RandomKey.From(seed, "condition annealing");
    }

    /// <inheritdoc/>
    public int Classes => denoiser.Classes;

    /// <inheritdoc/>
    public bool KnowsNullLabel => denoiser.KnowsNullLabel;

    /// <inheritdoc/>
    public bool PartsMakeUpX => denoiser.PartsMakeUpX;

    /// <inheritdoc/>
    public Prediction Predict(Tensor x, NoiseLevel level, Tensor label)
    {
        double timestep = schedule.TimestepOf(level);
        double gamma = Gamma(DdpmDenoiser.Time(timestep, schedule));
        if (gamma == 1 || options.NoiseScale == 0) return denoiser.Predict(x, level, label);
        using var scope = NewDisposeScope();
        var (clean, noise) = denoiser.Predict(x, level, Noised(label, gamma, key.At((long)Math.Round(timestep)), x.dtype));
        return new(clean.MoveToOuterDisposeScope(), noise.MoveToOuterDisposeScope());
    }

    private double Gamma(double time) =>
        time <= options.Tau1 ? 1 : time >= options.Tau2 ? 0 : (options.Tau2 - time) / (options.Tau2 - options.Tau1);

    /// <summary>[B, C + 1].</summary>
    private Tensor Noised(Tensor label, double gamma, RandomKey stream, ScalarType type)
    {
        // a network that never saw the null label has untrained weights there
        int known = KnowsNullLabel ? Classes + 1 : Classes;
        var named = label.ne(Classes);
        var (first, count) = SampleIndices.Of(label.shape[0]);
        var normal = stream.Normal(first, count, [known], label.device).to(type).repeat([label.shape[0] / count, 1]);
        var exact = nn.functional.one_hot(label, known).to(type);
        var noised = exact * Math.Sqrt(gamma) + normal * (options.NoiseScale * Math.Sqrt(1 - gamma));
        var rescaled = (noised - Mean(noised)) / Deviation(noised) * Deviation(exact) + Mean(exact);
        var mixed = rescaled * options.MixingFactor + noised * (1 - options.MixingFactor);
        return nn.functional.pad(where(named.unsqueeze(1), mixed, exact), [0, Classes + 1 - known]);
    }

    private static Tensor Mean(Tensor rows) => rows.mean([1], keepdim: true);

    private static Tensor Deviation(Tensor rows) => (rows - Mean(rows)).square().mean([1], keepdim: true).sqrt();
}
