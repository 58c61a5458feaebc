using Veer.Networks;

namespace Veer.Models;

/// <summary>From the sizes that a study chooses and what its points are to the shape of a network.</summary>
internal static class NetworkChoice
{
    /// <summary>A network that gives a point's shape back: a UNet for images, an MLP for vectors.</summary>
    /// <param name="mlp">The size of an MLP.</param>
    /// <param name="unet">The size of a UNet, if one is wanted.</param>
    /// <param name="point">The shape of a point: [D], or [C, H, W].</param>
    /// <param name="labels">Labels that it is told apart, the null label included.</param>
    /// <param name="model">The kind of model, for the error.</param>
    /// <exception cref="InputException">The network does not fit the points.</exception>
    public static INetworkOptions For(MlpSize mlp, AdmSize? unet, long[] point, int labels, string model)
    {
        if (unet is null && point.Length == 1) return new ResidualMlpOptions(mlp) { Dimensions = checked((int)point[0]), Labels = labels };
        string found = $"points [{string.Join(", ", point)}]";
        if (unet is null) throw new InputException(model, "network", found, "vectors, or a UNet: its size stands under 'unet'");
        if (point.Length != 3) throw new InputException(model, "unet", found, "images [C, H, W], or no UNet");
        RequireSides(unet, point, model, "unet");
        return new AdmUNetOptions(unet) { ImageChannels = checked((int)point[0]), Labels = labels };
    }

    /// <summary>Refuses images whose sides a network's patches and halvings do not divide.</summary>
    /// <param name="size">The network.</param>
    /// <param name="point">[C, H, W].</param>
    /// <param name="file">For the error.</param>
    /// <param name="key">Where the network's size stands.</param>
    /// <exception cref="InputException">They do not.</exception>
    public static void RequireSides(AdmSize size, ReadOnlySpan<long> point, string file, string key)
    {
        if (point[1] % size.Divisor == 0 && point[2] % size.Divisor == 0) return;
        string sides = size.PatchSize == 1 ? "" : FormattableString.Invariant($", patches of {size.PatchSize} x {size.PatchSize} halved {size.ChannelMultipliers.Count - 1} times");
        throw new InputException(
            file, $"{key}.{(size.PatchSize == 1 ? "channel_multipliers" : "patch_size")}", $"points [{string.Join(", ", point.ToArray())}]", $"a height and a width that {size.Divisor} divides{sides}");
    }
}
