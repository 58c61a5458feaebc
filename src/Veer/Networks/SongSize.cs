using System.ComponentModel.DataAnnotations;

namespace Veer.Networks;

/// <summary>
/// Depth and width of a DDPM++ network (Song et al., arXiv 2011.13456, as EDM uses it, Karras et al., arXiv 2206.00364): what a study
/// chooses. The defaults are those of EDM on CIFAR-10.
/// </summary>
public record SongSize : IValidatableObject
{
    /// <summary>Group normalisation has 32 groups, of four channels or more; up to here they may be fewer.</summary>
    private const int WidestOfFewGroups = 128;

    /// <summary>Channels of the first convolution; a multiple of 16, and of 32 where a block is given more than 128 channels.</summary>
    [Range(16, 4096)]
    [MultipleOf(16)]
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

    /// <summary>What makes no network, though every number by itself might.</summary>
    private protected virtual IEnumerable<ValidationResult> Faults()
    {
        // on the way up a block is given two images' channels
        int widest = 2 * Channels * ChannelMultipliers.Max();
        if (Channels % 32 != 0 && widest > WidestOfFewGroups)
            yield return new ValidationResult($"Channels must be a multiple of 32 for a network as wide as {widest}.", [nameof(Channels)]);
    }
}
