using System.ComponentModel.DataAnnotations;

namespace Veer.Networks;

/// <summary>Shape of a <see cref="SongUNet"/>: its size and what it connects.</summary>
public sealed record SongUNetOptions : SongSize, INetworkOptions
{
    /// <summary>A network of a given size.</summary>
    public SongUNetOptions(SongSize size)
        : base(size) { }

    /// <summary>A network of the default size.</summary>
    public SongUNetOptions()
    {
    }

    /// <summary>Channels of an image, 1 for grey and 3 for colours.</summary>
    [Range(1, 4096)]
    public required int ImageChannels { get; init; }

    /// <summary>Height and width of an image in pixels: the names of the weights have it.</summary>
    [Range(1, 1 << 16)]
    public required int Resolution { get; init; }

    /// <summary>Number of classes C; no class is an all-zero row. 0: the network is not told the class.</summary>
    [Range(0, 1 << 24)]
    public required int Classes { get; init; }

    /// <summary>Height and width of the image at a level, 0 at full size.</summary>
    internal int ResolutionAt(int level) => Resolution >> level;

    /// <summary>Whether blocks attend at a level.</summary>
    internal bool AttendsAt(int level) => AttentionResolutions.Contains(ResolutionAt(level));

    /// <inheritdoc/>
    private protected override IEnumerable<ValidationResult> Faults()
    {
        foreach (var fault in base.Faults()) yield return fault;
        if (Resolution % Divisor != 0)
            yield return new ValidationResult($"Resolution must be a multiple of {Divisor}: the image is halved that far.", [nameof(Resolution)]);
    }

    /// <inheritdoc/>
    ConditionalNetwork INetworkOptions.Create(RandomKey key) => new SongUNet(this, key);

    /// <inheritdoc/>
    long INetworkOptions.LeastParameters() =>
        LeastParameters.OfLevels(Channels, ChannelMultipliers, 2 * ResidualBlocks + 1) + LeastParameters.OfEmbedding(Channels, Classes / 4);
}
