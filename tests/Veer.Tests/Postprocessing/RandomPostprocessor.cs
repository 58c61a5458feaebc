using Veer.Models;
using Veer.Networks;
using Veer.Postprocessing;
using Veer.Tests.Formats;
using static TorchSharp.torch;

namespace Veer.Tests.Postprocessing;

/// <summary>Small postprocessors whose every weight is drawn, those that start at zero or one too.</summary>
internal static class RandomPostprocessor
{
    public static ResidualMlpOptions Mlp { get; } = new()
    {
        Dimensions = 3,
        Labels = 3,
        Width = 16,
        Layers = 2,
        FourierFeatures = 5,
        FourierFrequency = 20,
        TimeFeatures = 4,
    };

    public static AdmUNetOptions UNet { get; } = new()
    {
        ImageChannels = 1,
        Labels = 3,
        Channels = 32,
        ChannelMultipliers = [1, 2],
        ResidualBlocks = 1,
        AttentionAt = [2],
        Heads = 2,
        Dropout = 0.5,
    };

    /// <summary>A unit in which float32 keeps few digits.</summary>
    public static Standardisation Unit { get; } = new() { Center = [300, -2, 0.01], Scale = [0.5, 20, 0.001] };

    /// <summary>A postprocessor of vectors.</summary>
    public static Postprocessor Of(ResidualMlpOptions shape) => Of(shape, [shape.Dimensions], shape.Labels);

    /// <summary>A postprocessor of images of 8 × 12 pixels.</summary>
    public static Postprocessor Of(AdmUNetOptions shape) => Of(shape, [shape.ImageChannels, 8, 12], shape.Labels);

    /// <summary>A postprocessor as a training leaves it, by way of its folder.</summary>
    public static Postprocessor Of(
        INetworkOptions shape, long[] point, int classes, Action<ConditionalNetwork>? change = null, Standardisation? standardisation = null, IReadOnlyList<double>? scales = null)
    {
        using var folder = new TemporaryFolder();
        var config = new ModelConfig { Kind = "postprocessor", Classes = classes, Shape = point, Network = shape, Standardisation = standardisation, Scales = scales };
        using (var network = ModelFolder.Create(config, new RandomKey(1)))
        {
            Draw(network);
            change?.Invoke(network);
            ModelFolder.Save(folder.Path, network, config);
        }
        return Postprocessor.Load(folder.Path);
    }

    private static void Draw(ConditionalNetwork network)
    {
        using var quiet = no_grad();
        long index = 0;
        foreach (var weight in network.parameters())
        {
            using var generator = new RandomKey(2).At(index++).Generator();
            double bound = weight.Dimensions > 1 ? Math.Sqrt(3.0 * weight.shape[0] / weight.numel()) : 0.7;
            weight.uniform_(-bound, bound, generator);
        }
    }
}
