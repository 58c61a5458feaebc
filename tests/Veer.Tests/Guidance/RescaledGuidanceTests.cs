using Veer.ClosedForm;
using Veer.Diffusion;
using Veer.Guidance;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Guidance;

public sealed class RescaledGuidanceTests
{
    private static readonly NoiseLevel Level = new(0.8, 0.6);

    private static Tensor X => RandomKey.From(0, "x").Normal(0, 6, [2]).to(ScalarType.Float64);

    private static Tensor Label => tensor(new long[] { 0, 1, 2, 0, 1, 2 }).remainder(Blobs.Classes);

    [Fact]
    public void Without_rescaling_it_is_classifier_free_guidance_to_the_bit()
    {
        using var scope = NewDisposeScope();
        var (expected, found) = (Predict(new ClassifierFreeGuidance(Blobs.Denoiser(), 3)), Predict(new RescaledGuidance(Blobs.Denoiser(), 3, rescale: 0)));
        Assert.True(expected.Clean.equal(found.Clean).all().item<bool>());
        Assert.True(expected.Noise.equal(found.Noise).all().item<bool>());
    }

    [Theory]
    [InlineData(3.0)]
    [InlineData(-1.0)]
    [InlineData(20.0)]
    public void Rescaled_whole_a_sample_has_the_deviation_of_the_conditional_one_and_the_direction_of_the_guided_one(double scale)
    {
        using var scope = NewDisposeScope();
        var guided = Predict(new ClassifierFreeGuidance(Blobs.Denoiser(), scale)).Clean;
        var own = Predict(Blobs.Denoiser()).Clean;
        var found = Predict(new RescaledGuidance(Blobs.Denoiser(), scale, rescale: 1));
        Near.Absolute(own.std(1, unbiased: false), found.Clean.std(1, unbiased: false), 1e-12);
        Near.Absolute(guided[.., 0] * found.Clean[.., 1], guided[.., 1] * found.Clean[.., 0], 1e-9);
        Near.Absolute(X, found.Clean * Level.Alpha + found.Noise * Level.Sigma, 1e-12);
    }

    [Fact]
    public void A_share_lies_between_the_two_and_scale_1_is_the_conditional_prediction()
    {
        using var scope = NewDisposeScope();
        var (none, whole) = (Predict(new RescaledGuidance(Blobs.Denoiser(), 4, 0)).Clean, Predict(new RescaledGuidance(Blobs.Denoiser(), 4, 1)).Clean);
        Near.Absolute(none * 0.3 + whole * 0.7, Predict(new RescaledGuidance(Blobs.Denoiser(), 4)).Clean, 1e-12);
        Assert.True(Predict(Blobs.Denoiser()).Clean.equal(Predict(new RescaledGuidance(Blobs.Denoiser(), 1)).Clean).all().item<bool>());
    }

    [Fact]
    public void Samples_of_one_number_stay_as_classifier_free_guidance_has_them()
    {
        using var scope = NewDisposeScope();
        using var line = GaussianMixture.Isotropic(tensor(new[] { -1.0, 1 }).unsqueeze(1), tensor(new[] { 0.5, 0.5 }));
        var (x, label) = (X[.., ..1], tensor(new long[] { 0, 1, 0, 1, 0, 1 }));
        var expected = new ClassifierFreeGuidance(new MixtureDenoiser(line), 3).Predict(x, Level, label);
        Assert.True(expected.Clean.equal(new RescaledGuidance(new MixtureDenoiser(line), 3).Predict(x, Level, label).Clean).all().item<bool>());
    }

    private static Prediction Predict(IDenoiser denoiser) => denoiser.Predict(X, Level, Label);
}
