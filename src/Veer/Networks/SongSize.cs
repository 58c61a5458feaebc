using System.ComponentModel.DataAnnotations;
using Veer.Formats;

namespace Veer.Networks;

/// <summary>
/// Depth and width of a DDPM++ network (Song et al., arXiv 2011.13456, as EDM uses it, Karras et al., arXiv 2206.00364): what a study
/// chooses. The defaults are those of EDM on CIFAR-10.
/// </summary>
public record SongSize : IValidatableObject
{
    private const int MostGroups = 32, FewestChannelsOfGroup = 4;

    /// <summary>
    /// Channels of the first convolution; even. Every width that is normalised must be a multiple of its groups: 32, or as many as have four
    /// channels each. Multiples of 16 are fastest.
    /// </summary>
    [Range(4, 4096)]
    [MultipleOf(2)]
    public int Channels { get; init; } = 128;

    /// <summary>Multiples of the channels, at each size; from one to the next the image is halved.</summary>
    [MinLength(1)]
    [EachRange(1, 64)]
    public Factors ChannelMultipliers { get; init; } = [2, 2, 2];

    /// <summary>Residual blocks at each size on the way down; one more on the way up.</summary>
    [Range(1, 64)]
    public int ResidualBlocks { get; init; } = 4;

    /// <summary>
    /// Heights of the image, in pixels, at which the blocks on the way down attend, and the last one on the way up; so does the first block of
    /// all after the smallest size.
    /// </summary>
    [EachRange(1, 1 << 16)]
    public Factors AttentionResolutions { get; init; } = [16];

    /// <summary>Probability of dropout within residual blocks, in training.</summary>
    [Range(0.0, 0.99)]
    public double Dropout { get; init; } = 0.13;

    /// <summary>Numbers that tell the network how an image was augmented; 0: it is not told.</summary>
    [Range(0, 64)]
    public int AugmentInputs { get; init; } = 9;

    /// <summary>Numbers that tell every block of noise, class and augmentation.</summary>
    internal int EmbeddingWidth => 4 * Channels;

    /// <summary>What an image's height and width must be a multiple of.</summary>
    internal int Divisor => 1 << (ChannelMultipliers.Count - 1);

    /// <inheritdoc/>
    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext) => Faults();

    /// <summary>Groups of a width that is normalised.</summary>
    internal static int GroupsOf(int width) => Math.Min(MostGroups, width / FewestChannelsOfGroup);

    /// <summary>What makes no network, though every number by itself might.</summary>
    private protected virtual IEnumerable<ValidationResult> Faults()
    {
        if (NormalizedWidths().FirstOrDefault(width => width % GroupsOf(width) != 0) is not (> 0 and var odd)) yield break;
        yield return new ValidationResult($"Channels: a width of {odd} cannot be normalised in {GroupsOf(odd)} groups.", [nameof(Channels)]);
    }

    /// <summary>The widths that blocks are given and give, from the image down and up again.</summary>
    private IEnumerable<int> NormalizedWidths()
    {
        int width = Channels;
        var given = new Stack<int>([width]);
        for (int level = 0; level < ChannelMultipliers.Count; level++)
        {
            // the block that halves the image
            if (level > 0) given.Push(width);
            for (int i = 0; i < ResidualBlocks; i++)
            {
                yield return width;
                given.Push(width = Channels * ChannelMultipliers[level]);
            }
        }
        for (int level = ChannelMultipliers.Count - 1; level >= 0; level--)
        {
            for (int i = 0; i <= ResidualBlocks; i++)
            {
                yield return width;
                yield return width + given.Pop();
                width = Channels * ChannelMultipliers[level];
            }
        }
        yield return width;
    }
}
