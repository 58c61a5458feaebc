using Veer.Networks;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Networks;

public sealed class KeyedDropoutTests
{
    private static readonly Tensor Pictures = RandomUNet.Images(4);
    private static readonly Tensor Labels = tensor(new long[] { 0, 1, 2, 3 });

    [Fact]
    public void A_share_is_zeroed_and_the_rest_scaled()
    {
        using var scope = NewDisposeScope();
        using var key = KeyedDropout.From(new(1));
        var found = KeyedDropout.Apply(ones(100, 100), 0.2);
        Assert.Equal(0.2, found.eq(0).to(ScalarType.Float32).mean().item<float>(), 0.02);
        Near.Absolute(full(1, 1.25), found.max().reshape(1), 1e-6);
        Assert.False(AnyTensor.Same(found, KeyedDropout.Apply(ones(100, 100), 0.2)));
    }

    [Fact]
    public void In_training_draws_come_from_the_key_and_out_of_it_there_are_none()
    {
        using var scope = NewDisposeScope();
        var network = RandomUNet.Network(RandomUNet.Shape with { Dropout = 0.5 });
        Assert.True(AnyTensor.Same(Answer(null), RandomUNet.Network().forward(Pictures, full(1, 0.3), Labels).detach()));
        network.train();
        Assert.True(AnyTensor.Same(Answer(1), Answer(1)));
        Assert.True((Answer(1) - Answer(2)).abs().max().item<float>() > 1e-2);
        Assert.True(AnyTensor.Same(Answer(1), Nested()));
        Assert.Contains(nameof(KeyedDropout), Assert.Throws<InvalidOperationException>(() => Answer(null)).Message, StringComparison.Ordinal);

        Tensor Answer(ulong? key)
        {
            using var draws = key is { } number ? KeyedDropout.From(new(number)) : null;
            return network.forward(Pictures, full(1, 0.3), Labels).detach();
        }

        Tensor Nested()
        {
            using var outer = KeyedDropout.From(new(1));
            using (KeyedDropout.From(new(2))) network.forward(Pictures, full(1, 0.3), Labels);
            return network.forward(Pictures, full(1, 0.3), Labels).detach();
        }
    }
}
