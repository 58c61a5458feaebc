namespace Veer.Diffusion;

/// <summary>
/// What is known of a denoiser, so that guidance and samplers need not be told again. A denoiser that says nothing has one class and no null
/// label, and its samplers must be told shape and levels. A decorator hands on that of what it wraps: <c>inner.Info with { ... }</c>.
/// </summary>
public sealed record DenoiserInfo
{
    /// <summary>Number of classes C. Labels run from 0 to C - 1; label C is the null label: the unconditional prediction.</summary>
    public int Classes { get; init; } = 1;

    /// <summary>Whether the classes' own labels mean anything: a network trained with the null label alone never saw them.</summary>
    public bool KnowsLabels { get; init; } = true;

    /// <summary>Whether the null label means anything: a network trained without label dropout never saw it.</summary>
    public bool KnowsNullLabel { get; init; }

    /// <summary>
    /// Whether <see cref="IDenoiser.Predict"/> also takes its label as [B, C + 1] weights, floating as x is, in place of the classes' one-hot
    /// rows; the last column is the null label.
    /// </summary>
    public bool KnowsSoftLabels { get; init; }

    /// <summary>
    /// Whether the two parts make up x, to rounding. A guidance that moves one of them alone is for samplers that step to alpha_s · Clean +
    /// sigma_s · Noise, and for nothing that solves x for a part.
    /// </summary>
    public bool PartsMakeUpX { get; init; } = true;

    /// <summary>The shape of a sample, [D] or [C, H, W]; empty where it is not known.</summary>
    public long[] SampleShape { get; init; } = [];

    /// <summary>The noising process that it undoes, and that its samplers take. Null where it is not known.</summary>
    public NoisingProcess? Process { get; init; }

    /// <summary>What is known of a denoiser that asks another one too: only what both know.</summary>
    internal DenoiserInfo And(DenoiserInfo other) => this with
    {
        KnowsLabels = KnowsLabels && other.KnowsLabels,
        KnowsNullLabel = KnowsNullLabel && other.KnowsNullLabel,
        KnowsSoftLabels = KnowsSoftLabels && other.KnowsSoftLabels,
        PartsMakeUpX = PartsMakeUpX && other.PartsMakeUpX,
    };
}
