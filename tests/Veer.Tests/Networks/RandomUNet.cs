using Veer.Networks;
using static TorchSharp.torch;

namespace Veer.Tests.Networks;

/// <summary>A small UNet whose every weight is drawn, those that start at zero too, so that its answer is not zero.</summary>
internal static class RandomUNet
{
    public static AdmUNetOptions Shape { get; } = new()
    {
        ImageChannels = 1,
        Labels = 4,
        Channels = 32,
        ChannelMultipliers = [1, 2],
        ResidualBlocks = 1,
        AttentionAt = [2],
        Heads = 2,
    };

    public static AdmEncoderOptions Encoder { get; } = new(Shape) { ImageChannels = 1, Outputs = 3 };

    public static AdmUNet Network(AdmUNetOptions? shape = null) => Drawn(new AdmUNet(shape ?? Shape, new RandomKey(1)));

    public static AdmEncoder Classifier(AdmEncoderOptions? shape = null) => Drawn(new AdmEncoder(shape ?? Encoder, new RandomKey(1)));

    public static Tensor Images(long count, long channels = 1, long side = 8) =>
        RandomKey.From(0, "images").Normal(0, count, [channels, side, side]);

    /// <summary>The network with weights in place of those that it starts with.</summary>
    public static T Drawn<T>(T network)
        where T : nn.Module
    {
        using var quiet = no_grad();
        long index = 0;
        foreach (var weight in network.parameters().Where(weight => weight.Dimensions > 1))
        {
            using var generator = new RandomKey(2).At(index++).Generator();
            double bound = Math.Sqrt(3.0 * weight.shape[0] / weight.numel());
            weight.uniform_(-bound, bound, generator);
        }
        network.eval();
        return network;
    }
}
