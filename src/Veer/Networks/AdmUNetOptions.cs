using System.ComponentModel.DataAnnotations;

namespace Veer.Networks;

/// <summary>Shape of an <see cref="AdmUNet"/>: its size and what it connects.</summary>
public sealed record AdmUNetOptions : AdmSize, INetworkOptions
{
    /// <summary>A network of a given size.</summary>
    public AdmUNetOptions(AdmSize size)
        : base(size) { }

    /// <summary>A network of the default size.</summary>
    public AdmUNetOptions()
    {
    }

    /// <summary>Channels of an image, 1 for grey and 3 for colours.</summary>
    [Range(1, 4096)]
    public required int ImageChannels { get; init; }

    /// <summary>Channels of its answer; as many as the image has, if not given.</summary>
    [Range(1, 4096)]
    public int? Outputs { get; init; }

    /// <summary>Rows of the class embedding (the null class included, if there is one); 0: the network is not told the class.</summary>
    [Range(0, 1 << 24)]
    public required int Labels { get; init; }

    /// <inheritdoc/>
    ConditionalNetwork INetworkOptions.Create(RandomKey key) => new AdmUNet(this, key);

    /// <inheritdoc/>
    long INetworkOptions.LeastParameters() =>
        LeastParameters.OfLevels(Channels, ChannelMultipliers, 2 * ResidualBlocks + 1) + LeastParameters.OfEmbedding(Channels, Labels);
}
