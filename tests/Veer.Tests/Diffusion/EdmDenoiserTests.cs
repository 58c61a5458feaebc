using System.Text.Json;
using TorchSharp;
using Veer.Diffusion;
using Veer.Guidance;
using Veer.Tests.Formats;
using Veer.Tests.Networks;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Diffusion;

public sealed class EdmDenoiserTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly Tensor labels = tensor(new long[] { 0, 1, 2, 3 });
    private readonly EdmDenoiser denoiser = Denoiser(labelDropout: 0.1);

    public static TheoryData<double, double> Levels => new(
        (0.6, 0.8), (1, 0.002), (1, 1), (1, 80), (0.5, 0.5), (0.02, 0.98), (0.98, 0.02));

    public void Dispose() => scope.Dispose();

    [Fact]
    public void Factors_are_those_of_the_reference()
    {
        foreach (var one in GoldenFile.Json("edm.json").GetProperty("scalars").GetProperty("precond_and_weight").EnumerateArray())
        {
            double sigma = Number(one, "sigma");
            var preconditioning = new EdmPreconditioning { SigmaData = Number(one, "sigma_data") };
            var found = preconditioning.At(sigma);
            var (skip, output, input, told) = preconditioning.At(tensor(sigma, ScalarType.Float64));
            Check("c_skip", found.Skip, skip);
            Check("c_out", found.Output, output);
            Check("c_in", found.Input, input);
            Check("c_noise", found.NoiseLabel, told);
            Near("weight", preconditioning.LossWeight(sigma));
            Assert.Equal((1 - found.Skip) / sigma, found.NoiseSkip, 1e-9);
            Assert.Equal(-found.Output / sigma, found.NoiseOutput, 1e-12);

            void Check(string name, double number, Tensor many)
            {
                Near(name, number);
                Near(name, many.item<double>());
            }

            void Near(string name, double number) => Assert.Equal(Number(one, name), number, 1e-12 * Math.Abs(Number(one, name)));
        }

        static double Number(JsonElement one, string name) => one.GetProperty(name).GetDouble();
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void The_two_parts_make_up_x_in_float32_and_to_rounding_in_float64(double signal, double noise)
    {
        var (level, x) = (new NoiseLevel(signal, noise), RandomUNet.Images(4));
        var found = denoiser.Predict(x, level, labels);
        Assert.Equal(ScalarType.Float32, found.Clean.dtype);
        Near.LargestValue(x, level.Mix(found.Clean, found.Noise), 1e-5);
        found = denoiser.Predict(x.to(ScalarType.Float64), level, labels);
        Assert.Equal(ScalarType.Float64, found.Noise.dtype);
        Near.LargestValue(x, level.Mix(found.Clean, found.Noise), 1e-13);
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void At_any_level_it_answers_as_on_its_own_path_at_the_same_ratio(double signal, double noise)
    {
        var x = RandomUNet.Images(4).to(ScalarType.Float64);
        var expected = denoiser.Predict(x, new(1, noise / signal), labels);
        var found = denoiser.Predict(x * signal, new(signal, noise), labels);
        Near.LargestValue(expected.Clean, found.Clean, 1e-5);
        Near.LargestValue(expected.Noise, found.Noise, 1e-5);
    }

    [Fact]
    public void At_the_clean_sample_and_at_pure_noise_both_parts_are_finite_and_one_is_x()
    {
        var x = RandomUNet.Images(4);
        var clean = denoiser.Predict(x, NoiseLevel.Clean, labels);
        Near.LargestValue(x, clean.Clean, 1e-6);
        Assert.True(clean.Noise.isfinite().all().item<bool>());
        var noisy = denoiser.Predict(x, new(0, 1), labels);
        Near.LargestValue(x, noisy.Noise, 1e-6);
        Assert.True(noisy.Clean.isfinite().all().item<bool>());
        // the network's answer, not a quotient of small numbers
        Assert.True((clean.Noise - denoiser.Predict(x, new(1, 1e-7), labels).Noise).abs().max().item<float>() < 1e-3);
    }

    [Fact]
    public void Without_label_dropout_guidance_is_refused_and_says_why()
    {
        Assert.True(denoiser.Info.KnowsNullLabel);
        Assert.Equal(3, denoiser.Classes);
        Refusal.Of(() => _ = new ClassifierFreeGuidance(Denoiser(0), 2), "without label dropout", "label dropout above 0, or scale 1");
        Assert.Equal([4, 1, 8, 8], new ClassifierFreeGuidance(denoiser, 2).Predict(RandomUNet.Images(4), new(1, 0.5), labels).Clean.shape);
    }

    [Fact]
    public void A_deviation_that_is_not_above_zero_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new EdmPreconditioning { SigmaData = 0 });

    private static EdmDenoiser Denoiser(double labelDropout) => new(RandomSong.Network(), classes: 3, labelDropout);
}
