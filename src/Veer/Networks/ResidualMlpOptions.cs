using System.ComponentModel.DataAnnotations;

namespace Veer.Networks;

/// <summary>Depth and resolution of a <see cref="ResidualMlp"/>: what a study chooses.</summary>
public record MlpSize
{
    /// <summary>Width of the hidden layers.</summary>
    [Range(1, 8192)]
    public int Width { get; init; } = 64;

    /// <summary>Residual blocks.</summary>
    [Range(1, 64)]
    public int Layers { get; init; } = 3;

    /// <summary>Fourier features of the coordinates (a sine and a cosine each); 0 turns them off.</summary>
    [Range(0, 8192)]
    public int FourierFeatures { get; init; } = 48;

    /// <summary>The highest frequency of the Fourier features, in radians per unit of the coordinates.</summary>
    [Range(1.0, 1e6)]
    public double FourierFrequency { get; init; } = 100;

    /// <summary>Frequencies of the time embedding.</summary>
    [Range(1, 512)]
    public int TimeFeatures { get; init; } = 16;
}

/// <summary>Shape of a <see cref="ResidualMlp"/>: its size and what it connects.</summary>
public sealed record ResidualMlpOptions : MlpSize, INetworkOptions
{
    /// <summary>A network of a given size.</summary>
    public ResidualMlpOptions(MlpSize size)
        : base(size) { }

    /// <summary>A network of the default size.</summary>
    public ResidualMlpOptions()
    {
    }

    /// <summary>Dimension of a point; at least 1.</summary>
    [Range(1, 1 << 24)]
    public required int Dimensions { get; init; }

    /// <summary>Rows of the class embedding (the null class included, if there is one); 0: the network is not told the class.</summary>
    [Range(0, 1 << 24)]
    public required int Labels { get; init; }

    /// <summary>Numbers that it gives for a point; as many as the point has, if not given.</summary>
    [Range(1, 1 << 24)]
    public int? Outputs { get; init; }

    /// <inheritdoc/>
    ConditionalNetwork INetworkOptions.Create(RandomKey key) => new ResidualMlp(this, key);

    /// <inheritdoc/>
    long INetworkOptions.LeastParameters()
    {
        long width = Width, outputs = Outputs ?? Dimensions;
        return width * (Dimensions + 2L * FourierFeatures + 2L * TimeFeatures + Labels + outputs)
            + Layers * width * width + (long)Dimensions * FourierFeatures;
    }
}
