using Veer.Networks;

namespace Veer.Models;

/// <summary>From what a study chooses and what its points are to the shape of a network.</summary>
internal static class NetworkShape
{
    /// <summary>The configuration with a network that gives a point's shape back: a UNet for images, an MLP for vectors.</summary>
    /// <param name="config">All but the network.</param>
    /// <param name="mlp">The size of an MLP.</param>
    /// <param name="unet">The size of a UNet, if one is wanted.</param>
    /// <param name="point">The shape of a point: [D], or [C, H, W].</param>
    /// <param name="labels">Labels that it is told apart, the null label included.</param>
    /// <exception cref="InputException">The network does not fit the points.</exception>
    public static ModelConfig WithNetwork(this ModelConfig config, MlpSize mlp, AdmSize? unet, long[] point, int labels)
    {
        config = config with { Shape = point };
        if (unet is null && point.Length == 1) return config with { Network = new(mlp) { Dimensions = checked((int)point[0]), Labels = labels } };
        string found = $"points [{string.Join(", ", point)}]";
        if (unet is null) throw new InputException(config.Kind, "network", found, "vectors, or a UNet: its size stands under 'unet'");
        if (point.Length != 3) throw new InputException(config.Kind, "unet", found, "images [C, H, W], or no UNet");
        if (point[1] % unet.Divisor != 0 || point[2] % unet.Divisor != 0)
            throw new InputException(config.Kind, "unet.channel_multipliers", found, $"a height and a width that {unet.Divisor} divides");
        return config with { Unet = new(unet) { ImageChannels = checked((int)point[0]), Labels = labels } };
    }

    /// <summary>The configuration with a UNet of EDM.</summary>
    /// <param name="config">All but the network.</param>
    /// <param name="song">The size of the UNet.</param>
    /// <param name="point">The shape of a point: [C, H, W].</param>
    /// <exception cref="InputException">The network does not fit the points.</exception>
    public static ModelConfig WithNetwork(this ModelConfig config, SongSize song, long[] point)
    {
        if (point.Length != 3 || point[1] != point[2] || point[1] % song.Divisor != 0)
        {
            throw new InputException(
                config.Kind, "song", $"points [{string.Join(", ", point)}]", $"square images [C, H, W] with a height that {song.Divisor} divides");
        }
        var (channels, side) = (checked((int)point[0]), checked((int)point[1]));
        return config with { Shape = point, Song = new(song) { ImageChannels = channels, Resolution = side, Classes = config.Classes } };
    }
}
