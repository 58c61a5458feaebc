using System.ComponentModel.DataAnnotations;

namespace Veer.Networks;

/// <summary>Shape of an <see cref="AdmEncoder"/>: its size and what it connects.</summary>
public sealed record AdmEncoderOptions : AdmSize, INetworkOptions
{
    /// <summary>A network of a given size.</summary>
    public AdmEncoderOptions(AdmSize size)
        : base(size) { }

    /// <summary>A network of the default size.</summary>
    public AdmEncoderOptions()
    {
    }

    /// <summary>Channels of an image, 1 for grey and 3 for colours.</summary>
    [Range(1, 4096)]
    public required int ImageChannels { get; init; }

    /// <summary>Numbers that it gives for an image: the classes.</summary>
    [Range(1, 1 << 24)]
    public required int Outputs { get; init; }

    /// <inheritdoc/>
    ConditionalNetwork INetworkOptions.Create(RandomKey key) => new AdmEncoder(this, key);

    /// <inheritdoc/>
    long INetworkOptions.LeastParameters() =>
        LeastParameters.OfLevels(Channels, ChannelMultipliers, ResidualBlocks) + LeastParameters.OfEmbedding(Channels, 0) + (long)Outputs * Channels;
}
