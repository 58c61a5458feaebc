using CsCheck;
using Veer.Diffusion;
using Veer.Guidance;
using Veer.Tests.Sampling;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Guidance;

public sealed class GuidanceTests
{
    private static readonly TwoGaussians Exact = new();
    private static readonly NoiseLevel Halfway = new(0.6, 0.8);

    [Fact]
    public void Scale_one_is_conditional_and_scale_zero_unconditional_to_the_bit_for_one_call_each()
    {
        var counted = new Counted(Exact);
        var (x, label) = (Points(7), Labels(7));
        Blobs.Same(Exact.Predict(x, Halfway, label), new ClassifierFreeGuidance(counted, 1).Predict(x, Halfway, label));
        Blobs.Same(Exact.Predict(x, Halfway, full_like(label, 2)), new ClassifierFreeGuidance(counted, 0).Predict(x, Halfway, label));
        Blobs.Same(Exact.Predict(x, Halfway, full_like(label, 2)), new ClassifierGuidance(counted, Exact, 0).Predict(x, Halfway, label));
        Assert.Equal([7, 7, 7], counted.Batches);
    }

    [Fact]
    public void Both_predictions_of_classifier_free_guidance_are_one_call()
    {
        var counted = new Counted(Exact);
        new ClassifierFreeGuidance(counted, 3).Predict(Points(7), Halfway, Labels(7));
        Assert.Equal([14], counted.Batches);
    }

    [Fact]
    public void Guided_parts_still_make_up_x_at_any_scale() => Gen.Double[-5, 10].SampleFixed(scale =>
    {
        using var scope = NewDisposeScope();
        var (x, label) = (Points(9), Labels(9));
        foreach (IDenoiser guided in (IDenoiser[])[new ClassifierFreeGuidance(Exact, scale), new ClassifierGuidance(Exact, Exact, scale)])
        {
            var (clean, noise) = guided.Predict(x, Halfway, label);
            Assert.InRange(Miss(Halfway.Mix(clean, noise), x), 0, 1e-12);
        }
    }, iter: 30);

    [Fact]
    public void Scales_of_nested_guidances_multiply() => Gen.Double[-2, 4].Array[2].SampleFixed(scales =>
    {
        using var scope = NewDisposeScope();
        var (x, label) = (Points(9), Labels(9));
        // none + w2 (cond - none) of a guided one, whose own conditional is none + w1 (cond - none)
        var nested = new ClassifierFreeGuidance(new ClassifierFreeGuidance(Exact, scales[0]), scales[1]).Predict(x, Halfway, label);
        var mixed = new ClassifierFreeGuidance(new ClassifierGuidance(Exact, Exact, scales[0]), scales[1]).Predict(x, Halfway, label);
        var single = new ClassifierFreeGuidance(Exact, scales[0] * scales[1]).Predict(x, Halfway, label);
        Assert.InRange(Miss(nested.Noise, single.Noise) + Miss(nested.Clean, single.Clean), 0, 1e-11);
        Assert.InRange(Miss(mixed.Noise, single.Noise) + Miss(mixed.Clean, single.Clean), 0, 1e-11);
    }, iter: 30);

    [Fact]
    public void Samples_with_the_null_label_are_not_guided_by_a_classifier()
    {
        var (x, label) = (Points(6), Labels(6));
        label[2] = 2;
        var guided = new ClassifierGuidance(Exact, Exact, 4).Predict(x, Halfway, label);
        var none = Exact.Predict(x, Halfway, full_like(label, 2));
        Assert.Equal(none.Noise[2].item<double>(), guided.Noise[2].item<double>());
        Assert.NotEqual(none.Noise[3].item<double>(), guided.Noise[3].item<double>());
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_scale_that_is_no_number_is_refused(double scale)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ClassifierFreeGuidance(Exact, scale));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ClassifierGuidance(Exact, Exact, scale));
    }

    [Fact]
    public void A_level_without_signal_is_refused_by_classifier_guidance() => Assert.Throws<ArgumentOutOfRangeException>(
        () => new ClassifierGuidance(Exact, Exact, 1).Predict(Points(2), new(0, 1), Labels(2)));

    private static Tensor Points(int count) => linspace(-2, 2.5, count, ScalarType.Float64);

    private static Tensor Labels(int count) => arange(count, ScalarType.Int64).remainder(2);

    private static double Miss(Tensor found, Tensor expected) => (found - expected).abs().max().item<double>();
}
