using Veer.Networks;

namespace Veer.Models;

/// <summary>
/// How many numbers a network of some shape has at least, and not far below what it has: a configuration that asks for more than its file of
/// weights holds is refused before a network of that size is made.
/// </summary>
internal static class LeastParameters
{
    private const long Taps = 9; // of a convolution of 3 x 3

    /// <summary>The numbers of a network, or fewer.</summary>
    public static long Count(object shape) => shape switch
    {
        ResidualMlpOptions mlp => OfMlp(mlp),
        LinearClassifierOptions linear => (long)linear.Dimensions * linear.Outputs,
        AdmUNetOptions unet => OfLevels(unet.Channels, unet.ChannelMultipliers, 2 * unet.ResidualBlocks + 1) + Embed(unet.Channels, unet.Labels),
        AdmEncoderOptions encoder => OfLevels(encoder.Channels, encoder.ChannelMultipliers, encoder.ResidualBlocks)
            + Embed(encoder.Channels, 0) + (long)encoder.Outputs * encoder.Channels,
        SongUNetOptions song => OfLevels(song.Channels, song.ChannelMultipliers, 2 * song.ResidualBlocks + 1) + Embed(song.Channels, song.Classes / 4),
        _ => 0,
    };

    private static long OfMlp(ResidualMlpOptions mlp)
    {
        long width = mlp.Width, outputs = mlp.Outputs ?? mlp.Dimensions;
        return width * (mlp.Dimensions + 2L * mlp.FourierFeatures + 2L * mlp.TimeFeatures + mlp.Labels + outputs)
            + mlp.Layers * width * width + (long)mlp.Dimensions * mlp.FourierFeatures;
    }

    /// <summary>The second convolution of every block, between as many channels as the level has.</summary>
    private static long OfLevels(long channels, IEnumerable<int> multipliers, int blocks) =>
        multipliers.Sum(multiplier => blocks * Taps * (channels * multiplier) * (channels * multiplier));

    /// <summary>The layer that the level and the class of an image are told by: four times as wide as the first level.</summary>
    private static long Embed(long channels, long labels) => 4 * channels * (4 * channels + labels);
}
