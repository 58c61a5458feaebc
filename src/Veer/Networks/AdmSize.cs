using System.ComponentModel.DataAnnotations;
using Veer.Formats;
using Veer.Networks.Layers;

namespace Veer.Networks;

/// <summary>Depth and width of an ADM network (Dhariwal and Nichol, arXiv 2105.05233): what a study chooses.</summary>
public record AdmSize : IValidatableObject
{
    /// <summary>
    /// What <see cref="ChannelMultipliers"/> multiply, and the numbers that embed the time; even. Their products are multiples of 32, as group
    /// normalisation has 32 groups.
    /// </summary>
    [Range(2, 4096)]
    [MultipleOf(2)]
    public int Channels { get; init; } = 128;

    /// <summary>Multiples of the channels, at each size; from one to the next the image is halved.</summary>
    [MinLength(1)]
    [EachRange(1, 64)]
    public Factors ChannelMultipliers { get; init; } = [1, 2];

    /// <summary>
    /// Side of the square patches of pixels that become the channels of one position, before the first convolution and back after the last
    /// (Hoogeboom et al., arXiv 2301.11093): with 2 a network of as many channels costs a quarter.
    /// </summary>
    [Range(1, 16)]
    public int PatchSize { get; init; } = 1;

    /// <summary>Residual blocks at each size on the way down; one more on the way up.</summary>
    [Range(1, 64)]
    public int ResidualBlocks { get; init; } = 2;

    /// <summary>Downsampling factors at which every block attends; the middle always does. 2: where the image is half as high and wide.</summary>
    [EachRange(1, 1 << 16)]
    public Factors AttentionAt { get; init; } = [];

    /// <summary>Attention heads, where their channels are not given.</summary>
    [Range(1, 4096)]
    public int Heads { get; init; } = 1;

    /// <summary>Channels of an attention head; then their number follows from the width.</summary>
    [Range(1, 4096)]
    public int? HeadChannels { get; init; }

    /// <summary>Probability of dropout within residual blocks, in training.</summary>
    [Range(0.0, 0.99)]
    public double Dropout { get; init; }

    /// <summary>
    /// Time and class scale and shift what a block's second normalisation gives, in place of being added before it. At a width of 32 each of the 32
    /// groups is one channel, and normalisation takes away what was added before it: without this such blocks are told neither time nor class.
    /// </summary>
    public bool ScaleShiftNorm { get; init; }

    /// <summary>Residual blocks halve and double the image, in place of convolutions.</summary>
    public bool ResampleInBlocks { get; init; }

    /// <summary>The image is halved and doubled with a convolution; else by means and repetition alone. Not looked at where blocks resample.</summary>
    public bool ConvolutionalResampling { get; init; } = true;

    /// <summary>The channels of attention stand in the order (query | key | value, head); else, as in the paper's networks, the other way round.</summary>
    public bool NewAttentionOrder { get; init; }

    /// <summary>What the time, in [0, 1], is multiplied by before its sinusoidal embedding; 1 if times are given in steps already.</summary>
    [Range(1e-6, 1e9)]
    public double TimeScale { get; init; } = 1000;

    /// <summary>Numbers that tell every block of time and class.</summary>
    internal int EmbeddingWidth => 4 * Channels;

    /// <summary>Whether blocks of some level are told neither time nor class (<see cref="ScaleShiftNorm"/>).</summary>
    internal bool HasUntoldBlocks => !ScaleShiftNorm && ChannelMultipliers.Any(multiplier => Channels * multiplier == GroupNormalization.Groups);

    /// <summary>What an image's height and width must be a multiple of.</summary>
    internal int Divisor => PatchSize << (ChannelMultipliers.Count - 1);

    /// <summary>Whether blocks attend at a level, 0 at the size of the patches.</summary>
    internal bool AttendsAt(int level) => AttentionAt.Contains(PatchSize << level);

    /// <summary>Attention heads of a block of a width.</summary>
    internal int HeadsOf(int width) => HeadChannels is { } channels ? width / channels : Heads;

    /// <inheritdoc/>
    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        int levels = ChannelMultipliers.Count;
        foreach (int width in ChannelMultipliers.Select(multiplier => Channels * multiplier).Where(width => width % GroupNormalization.Groups != 0))
            yield return new ValidationResult($"Channels: a width of {width} cannot be normalised in {GroupNormalization.Groups} groups.", [nameof(Channels)]);
        foreach (int level in Enumerable.Range(0, levels).Where(level => level == levels - 1 || AttendsAt(level)))
        {
            int width = Channels * ChannelMultipliers[level];
            if (width % (HeadChannels ?? Heads) == 0) continue;
            string heads = HeadChannels is { } channels ? $"heads of {channels} channels" : $"{Heads} heads";
            yield return new ValidationResult($"{width} channels cannot be shared among {heads}.", [nameof(Heads)]);
        }
    }
}
