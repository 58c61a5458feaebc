namespace Veer.Networks;

/// <summary>What UNets of every kind have of numbers at least (<see cref="INetworkOptions.LeastParameters"/>).</summary>
internal static class LeastParameters
{
    private const long Taps = 9; // of a convolution of 3 x 3

    /// <summary>The second convolution of every block, between as many channels as the level has.</summary>
    public static long OfLevels(long channels, IEnumerable<int> multipliers, int blocks) =>
        multipliers.Sum(multiplier => blocks * Taps * (channels * multiplier) * (channels * multiplier));

    /// <summary>The layer that the level and the class of an image are told by: four times as wide as the first level.</summary>
    public static long OfEmbedding(long channels, long labels) => 4 * channels * (4 * channels + labels);
}
