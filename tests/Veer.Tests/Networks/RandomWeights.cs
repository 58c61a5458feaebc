using Veer.Networks;
using static TorchSharp.torch;

namespace Veer.Tests.Networks;

/// <summary>Small networks whose every weight is drawn, the head's too, so that their output is not zero.</summary>
internal static class RandomWeights
{
    public static ResidualMlpOptions Shape { get; } = new()
    {
        Dimensions = 3,
        Labels = 4,
        Width = 8,
        Layers = 2,
        FourierFeatures = 5,
        FourierFrequency = 10,
        TimeFeatures = 4,
    };

    public static ResidualMlp Network(ResidualMlpOptions? shape = null)
    {
        var network = new ResidualMlp(shape ?? Shape, new RandomKey(1));
        using var quiet = no_grad();
        using var generator = new RandomKey(2).Generator();
        foreach (var weight in network.parameters()) weight.uniform_(-0.7, 0.7, generator);
        return network;
    }
}
