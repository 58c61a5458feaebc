using Veer.Networks;

namespace Veer.Tests.Networks;

/// <summary>A small UNet of EDM whose every weight is drawn wide, so that its answer is not almost zero.</summary>
internal static class RandomSong
{
    public static SongUNetOptions Shape { get; } = new()
    {
        ImageChannels = 1,
        Resolution = 8,
        Classes = 3,
        Channels = 16,
        ChannelMultipliers = [1, 2],
        ResidualBlocks = 1,
        AttentionResolutions = [4],
    };

    public static SongUNet Network(SongUNetOptions? shape = null) => RandomUNet.Drawn(new SongUNet(shape ?? Shape, new RandomKey(1)));
}
