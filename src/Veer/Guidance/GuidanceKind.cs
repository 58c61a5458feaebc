using Veer.Diffusion;
using Veer.Formats;

namespace Veer.Guidance;

/// <summary>What a guidance asks for beside the denoiser that it guides.</summary>
[Flags]
public enum GuidanceNeeds
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A classifier of noisy samples.</summary>
    Classifier = 1,

    /// <summary>A second denoiser, the weaker one.</summary>
    Guide = 2,

    /// <summary>A denoiser of a discrete process, which has timesteps.</summary>
    Timesteps = 4,

    /// <summary>Real points, which it is fitted to.</summary>
    Data = 8,

    /// <summary>A process whose samples start with some signal (<see cref="NoisingProcess.StartsWithSignal"/>), by which it divides.</summary>
    Signal = 16,

    /// <summary>A denoiser that knows soft labels (<see cref="DenoiserInfo.KnowsSoftLabels"/>).</summary>
    SoftLabels = 32,
}

/// <summary>
/// A way of guiding: what it is called, where it comes from, what it needs and how it is made. Studies, commands, reports and help know a
/// guidance by this alone; it stands in the guidance's own file, and is registered in <see cref="All"/>.
/// </summary>
public sealed class GuidanceKind : IRegistered<GuidanceKind>
{
    /// <summary>Those that studies and commands offer.</summary>
    public static Registry<GuidanceKind> All { get; } = new(
        "guidance",
        ClassifierFreeGuidance.Kind,
        ClassifierGuidance.Kind,
        Autoguidance.Kind,
        IntervalGuidance.Kind,
        CfgPlusPlus.Kind,
        Cads.Kind,
        ReCfg.Kind,
        RescaledGuidance.Kind);

    /// <inheritdoc/>
    public required string Name { get; init; }

    /// <inheritdoc/>
    public required string Title { get; init; }

    /// <summary>What it makes of its predictions.</summary>
    public required string Formula { get; init; }

    /// <summary>The paper.</summary>
    public required string Source { get; init; }

    /// <summary>What it asks for.</summary>
    public GuidanceNeeds Needs { get; init; }

    /// <summary>Whether it asks for the unconditional prediction at a scale.</summary>
    public Func<double, bool> AsksNull { get; init; } = scale => scale != 1;

    /// <summary>Whether it asks for the labels' own prediction.</summary>
    public bool AsksLabels { get; init; } = true;

    /// <summary>Whether its two parts make up x at a scale (<see cref="DenoiserInfo.PartsMakeUpX"/>).</summary>
    public Func<double, bool> PartsMakeUpX { get; init; } = _ => true;

    /// <summary>Its options with the values that are usual, each property with its range; null where it has none.</summary>
    public object? Options { get; init; }

    /// <summary>Makes it. The options in the parts are of the type of <see cref="Options"/>.</summary>
    public required Func<GuidanceParts, double, IDenoiser> Make { get; init; }

    /// <summary>A guided denoiser.</summary>
    /// <param name="parts">What it is made from; all stays the caller's.</param>
    /// <param name="scale">w, finite.</param>
    /// <exception cref="InputException">A part that it needs is missing or does not fit, or an option is out of its range.</exception>
    public IDenoiser Create(GuidanceParts parts, double scale)
    {
        Require(GuidanceNeeds.Classifier, parts.Classifier, "classifier", "none", "a classifier of noisy samples");
        Require(GuidanceNeeds.Guide, parts.Guide, "guide", "none", "the weaker model");
        Require(GuidanceNeeds.Guide, ReferenceEquals(parts.Guide, parts.Denoiser) ? null : parts.Guide, "guide", "the model itself", "the weaker model");
        Require(GuidanceNeeds.Data, parts.Data, "data", "none", "real points to be fitted to");
        Require(GuidanceNeeds.Timesteps, parts.Process as DiscreteProcess, "model", "one without timesteps", "one of a discrete process, a DDPM");
        Require(GuidanceNeeds.Signal, parts.Process is { StartsWithSignal: false } ? null : parts.Denoiser, "model", "one whose samples start at noise alone", "one whose start holds some signal, a DDPM or EDM");
        if (AsksLabels) GuidanceArguments.LabelsKnown(parts.Denoiser, Name, "model");
        if (Needs.HasFlag(GuidanceNeeds.Guide)) GuidanceArguments.LabelsKnown(parts.Guide!, Name, "guide");
        Require(GuidanceNeeds.SoftLabels, parts.Denoiser.Info.KnowsSoftLabels ? parts.Denoiser : null, "model", "one that knows no soft labels", "a network, with any other guidance around this one");
        if (Options is null) return Make(parts, scale);
        object options = parts.Options ?? Options;
        SettingRanges.Require(options, Name);
        return Make(parts with { Options = options }, scale);
    }

    private void Require(GuidanceNeeds need, object? part, string field, string found, string expected)
    {
        if (Needs.HasFlag(need) && part is null) throw new InputException(Name, field, found, expected);
    }
}
