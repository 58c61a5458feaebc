using Veer.Networks;
using Veer.Tests.Networks;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Models;

public class LeastParametersTests
{
    [Fact]
    public void They_are_no_more_than_a_network_has_and_not_far_less()
    {
        using var scope = NewDisposeScope();
        var linear = new LinearClassifierOptions { Dimensions = 40, Outputs = 3 };
        (INetworkOptions Shape, nn.Module Network)[] all =
        [
            (RandomWeights.Shape, RandomWeights.Network()), (linear, new LinearClassifier(linear)), (RandomUNet.Shape, RandomUNet.Network()),
            (RandomUNet.Encoder, RandomUNet.Classifier()), (RandomSong.Shape, RandomSong.Network()),
        ];
        foreach (var (shape, network) in all)
        {
            long has = network.state_dict().Values.Sum(tensor => tensor.numel());
            Assert.InRange(shape.LeastParameters(), has / 8, has);
        }
    }
}
