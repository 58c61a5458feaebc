using TorchSharp;
using Veer.Diffusion;
using Veer.Guidance;
using Veer.Networks;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Networks;

public sealed class AdmEncoderTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly Tensor images = RandomUNet.Images(4);

    public void Dispose() => scope.Dispose();

    [Fact]
    public void It_gives_logits_that_start_at_zero_and_looks_at_no_label()
    {
        Assert.Equal(0, new AdmEncoder(RandomUNet.Encoder, new(1)).forward(images, full(1, 0.3), null).abs().max().item<float>());
        var network = RandomUNet.Classifier();
        var found = network.forward(images, full(1, 0.3), null);
        Assert.Equal([4, 3], found.shape);
        Near.Absolute(found, network.forward(images, full(1, 0.3), tensor(new long[] { 9, 9, 9, 9 })), 0);
        Near.LargestValue(found, network.forward(images, full(4, 0.3), null), 1e-5);
    }

    [Fact]
    public void As_a_noisy_classifier_its_gradient_is_that_of_finite_differences()
    {
        var (classifier, level) = (new NetworkClassifier(RandomUNet.Classifier(), NoiseSchedule.Linear(), 3), new NoiseLevel(0.6, 0.8));
        var (labels, direction) = (tensor(new long[] { 0, 1, 2, 1 }), RandomKey.From(1, "direction").Normal(0, 4, [1, 8, 8]));
        using var quiet = no_grad();
        var gradient = classifier.LogProbabilityGradient(images, level, labels);
        Assert.Equal(images.shape, gradient.shape);
        const double Step = 1e-3;
        var slope = (Chosen(images + Step * direction) - Chosen(images - Step * direction)) / (2 * Step);
        Near.LargestValue(slope, (gradient * direction).sum([1, 2, 3]), 1e-2);
        Assert.True(slope.abs().min().item<float>() > 1e-4);

        Tensor Chosen(Tensor at) => classifier.LogProbability(at, level).gather(1, labels.unsqueeze(1)).squeeze(1);
    }
}
