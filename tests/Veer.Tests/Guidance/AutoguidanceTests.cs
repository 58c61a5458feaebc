using CsCheck;
using TorchSharp;
using Veer.Diffusion;
using Veer.Guidance;
using Veer.Tests.Formats;
using Veer.Tests.Sampling;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Guidance;

public sealed class AutoguidanceTests : IDisposable
{
    private static readonly NoiseLevel Halfway = new(0.6, 0.8);
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void A_guide_with_inflated_covariances_pushes_along_the_difference_of_the_scores() => Gen.Double[-3, 8].SampleFixed(scale =>
    {
        using var scope = NewDisposeScope();
        var (x, label) = (Blobs.Points(30), arange(30, ScalarType.Int64).remainder(Blobs.Classes + 1));
        var (clean, noise) = new Autoguidance(Blobs.Denoiser(), Blobs.Denoiser(4), scale).Predict(x, Halfway, label);
        var (good, bad) = (Blobs.Mixture().Score(x, Halfway, label), Blobs.Mixture(4).Score(x, Halfway, label));
        // Tweedie: noise = -b · score and clean = (x + b² · score) / a
        var score = bad + scale * (good - bad);
        Near.LargestValue(-Halfway.Sigma * score, noise, 1e-12);
        Near.LargestValue((x + Halfway.Sigma * Halfway.Sigma * score) / Halfway.Alpha, clean, 1e-12);
    }, iter: 20);

    [Fact]
    public void At_scale_one_it_is_the_denoiser_to_the_bit_and_the_guide_is_not_asked()
    {
        var (denoiser, guide) = (Blobs.Denoiser(), new Counted(Blobs.Denoiser(4)));
        var (x, label) = (Blobs.Points(7), Blobs.Labels(7));
        Blobs.Same(denoiser.Predict(x, Halfway, label), new Autoguidance(denoiser, guide, 1).Predict(x, Halfway, label));
        Assert.Empty(guide.Batches);
        new Autoguidance(denoiser, guide, 2).Predict(x, Halfway, label);
        Assert.Equal([7], guide.Batches);
    }

    [Fact]
    public void At_scale_zero_it_is_the_guide()
    {
        var (x, label) = (Blobs.Points(7), Blobs.Labels(7));
        var found = new Autoguidance(Blobs.Denoiser(), Blobs.Denoiser(4), 0).Predict(x, Halfway, label);
        Blobs.Same(Blobs.Denoiser(4).Predict(x, Halfway, label), found);
    }

    [Fact]
    public void A_guide_of_other_classes_is_refused() =>
        Refusal.Of(() => _ = new Autoguidance(Blobs.Denoiser(), new TwoGaussians(), 2), "autoguidance", "guide", "2 classes", "3, as many");

    [Fact]
    public void A_scale_that_is_no_number_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Autoguidance(Blobs.Denoiser(), Blobs.Denoiser(4), double.NaN));
}
