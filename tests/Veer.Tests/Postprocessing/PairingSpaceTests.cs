using TorchSharp;
using Veer.Data;
using Veer.Features;
using Veer.Postprocessing;
using Veer.Tests.Features;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Postprocessing;

public sealed class PairingSpaceTests
{
    [Fact]
    public void Images_are_paired_in_the_space_and_moved_as_images()
    {
        using var scope = NewDisposeScope();
        // by brightness each dark image has the dark one beside it; in the space, dark is beside bright
        var dark = full([4, 1, 8, 8], -0.9f);
        var real = new LabeledData(cat([dark[..1], -dark[..1]]), zeros(2, ScalarType.Int64), 1);
        var options = new PostprocessorOptions
        {
            Pairing = "nearest",
            Neighbors = 1,
            Unet = new() { Channels = 32, ResidualBlocks = 1, ChannelMultipliers = [1] },
            Training = new() { Steps = 60, BatchSize = 4, LearningRate = 2e-3, AverageDecay = 0.5 },
        };
        var repair = Postprocessor.Fit(
            new(dark, zeros(4, ScalarType.Int64), 1), real, options, new() { Space = new Turned() }, TestContext.Current.CancellationToken);
        var moved = repair.Apply(dark, zeros(4, ScalarType.Int64), cancellation: TestContext.Current.CancellationToken).Samples;
        Assert.InRange(moved.mean().ToSingle(), 0.5, 1.3);
    }

    [Fact]
    public void Held_out_images_are_compared_in_a_space_of_their_own()
    {
        using var scope = NewDisposeScope();
        using var space = new CountingSpace();
        LabeledData Images(string name) => LabeledData.OfOneClass(RandomKey.From(0, name).Normal(0, 6, [2, 3, 4]));
        var options = new PostprocessorOptions
        {
            Pairing = "nearest",
            Neighbors = 1,
            Unet = new() { Channels = 32, ResidualBlocks = 1, ChannelMultipliers = [1] },
            Training = new() { Steps = 4, BatchSize = 4, LearningRate = 1e-3 },
            Stopping = new() { Every = 2, Patience = 2 },
        };
        using var repair = Postprocessor.Fit(
            Images("samples"), Images("real"), options, new() { HeldOut = new(Images("more"), Images("unseen")), HeldOutSpace = space }, TestContext.Current.CancellationToken);
        // the real ones once, the samples at steps 0, 2 and 4; pairs are sought among pixels
        Assert.Equal(4 * 6, space.Seen);
    }

    /// <summary>A space in which the four dark samples are bright.</summary>
    private sealed class Turned : IFeatureSpace
    {
        public string Name => "turned";

        public string Fingerprint => "none";

        public int Size => 1;

        public Tensor Extract(Tensor images)
        {
            var mean = images.flatten(1).mean([1], keepdim: true);
            return images.shape[0] == 4 ? mean.abs() : mean;
        }

        public void Dispose()
        {
        }
    }
}
