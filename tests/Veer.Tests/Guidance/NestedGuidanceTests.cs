using CsCheck;
using TorchSharp;
using Veer.Diffusion;
using Veer.Guidance;
using Veer.Sampling;
using Veer.Tests.Formats;
using Veer.Tests.Networks;
using Veer.Tests.Sampling;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Guidance;

public sealed class NestedGuidanceTests : IDisposable
{
    private static readonly NoiseSchedule Schedule = NoiseSchedule.Linear();
    private static readonly NoiseLevel Level = new(0.6, 0.8);
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void An_interval_of_autoguidance_is_autoguidance_within_it()
    {
        var (denoiser, (x, label)) = (Blobs.Denoiser(), (Blobs.Points(9), Blobs.Labels(9)));
        var auto = new Autoguidance(denoiser, Blobs.Denoiser(4), 2.5);
        var interval = new IntervalGuidance(auto, denoiser, 0.5, 2);
        Blobs.Same(auto.Predict(x, Level, label), interval.Predict(x, Level, label));
        Blobs.Same(denoiser.Predict(x, new(0.9, 0.1), label), interval.Predict(x, new(0.9, 0.1), label));
    }

    [Fact]
    public void Classifier_free_guidance_and_autoguidance_commute() => Gen.Double[-2, 4].Array[2].SampleFixed(scales =>
    {
        using var scope = NewDisposeScope();
        var (good, bad) = (Blobs.Denoiser(), Blobs.Denoiser(4));
        var (x, label) = (Blobs.Points(9), Blobs.Labels(9));
        var outside = new Autoguidance(new ClassifierFreeGuidance(good, scales[0]), new ClassifierFreeGuidance(bad, scales[0]), scales[1]);
        var inside = new ClassifierFreeGuidance(new Autoguidance(good, bad, scales[1]), scales[0]);
        var (expected, found) = (outside.Predict(x, Level, label), inside.Predict(x, Level, label));
        Near.Absolute(expected.Clean, found.Clean, 1e-11);
        Near.Absolute(expected.Noise, found.Noise, 1e-11);
    }, iter: 20);

    [Fact]
    public void The_clean_part_of_autoguidance_can_be_guided_further_by_the_null_label()
    {
        var (auto, (x, label)) = (new Autoguidance(Blobs.Denoiser(), Blobs.Denoiser(4), 2), (Blobs.Points(9), Blobs.Labels(9)));
        var (clean, noise) = new CfgPlusPlus(auto, 0.5).Predict(x, Level, label);
        var (none, own) = (auto.Predict(x, Level, full_like(label, 3)), auto.Predict(x, Level, label));
        Near.Absolute((none.Clean + own.Clean) / 2, clean, 1e-12);
        Near.Absolute(none.Noise, noise, 1e-12);
    }

    [Fact]
    public void What_a_denoiser_knows_is_handed_on()
    {
        var network = Network(0.1);
        IDenoiser none = Network(0), both = network, closed = Blobs.Denoiser();
        Assert.True(both.Info.KnowsSoftLabels);
        Assert.False(closed.Info.KnowsSoftLabels);
        Assert.Equal((true, true), Knows(new Autoguidance(both, both, 2)));
        Assert.Equal((true, false), Knows(new Autoguidance(both, closed, 2)));
        Assert.Equal((true, true), Knows(new Autoguidance(both, closed, 1)));
        Assert.Equal((false, true), Knows(new Autoguidance(both, none, 2)));
        Assert.Equal((true, true), Knows(new IntervalGuidance(both, both, 0, 1)));
        Assert.Equal((false, true), Knows(new IntervalGuidance(both, none, 0, 1)));
        Assert.Equal((false, false), Knows(new IntervalGuidance(closed, none, 0, 1)));
        Assert.Equal((false, false), Knows(new Cads(none, Schedule, 0)));
        Assert.Equal((true, false), Knows(new CfgPlusPlus(both, 0.5)));

        static (bool Null, bool Soft) Knows(IDenoiser denoiser) => (denoiser.Info.KnowsNullLabel, denoiser.Info.KnowsSoftLabels);
    }

    [Fact]
    public void A_model_without_an_unconditional_prediction_works_wherever_none_is_needed()
    {
        var conditional = Network(0);
        var (x, label, classifier) = (Points(4), Blobs.Labels(4), new Unsure());
        Refusal.Of(() => _ = new ClassifierGuidance(conditional, classifier, 2), "classifier guidance", "without label dropout");
        Refusal.Of(() => _ = new ClassifierGuidance(conditional, classifier, 0), "classifier guidance", "without label dropout");
        Refusal.Of(() => _ = new CfgPlusPlus(conditional, 0.5), "CFG++", "without label dropout");
        var plain = conditional.Predict(x, Level, label);
        foreach (IDenoiser guided in (IDenoiser[])[
            new ClassifierGuidance(conditional, classifier, 2, conditional: true), new ClassifierFreeGuidance(conditional, 1),
            new Autoguidance(conditional, conditional, 1), new IntervalGuidance(conditional, conditional, 0, 1)])
        {
            Blobs.Same(plain, guided.Predict(x, Level, label));
            Assert.False(guided.Info.KnowsNullLabel);
        }
    }

    [Fact]
    public void A_model_without_conditional_predictions_is_guided_by_a_classifier()
    {
        var unconditional = Network(1);
        var (x, label) = (Points(4), Blobs.Labels(4));
        var guided = new ClassifierGuidance(unconditional, new Unsure(), 2).Predict(x, Level, label);
        Blobs.Same(unconditional.Predict(x, Level, full_like(label, 3)), guided);
    }

    [Fact]
    public void A_classifier_of_other_classes_is_refused() => Refusal.Of(
        () => _ = new ClassifierGuidance(Blobs.Denoiser(), new TwoGaussians(), 2), "classifier guidance", "classifier", "2 classes");

    [Fact]
    public void Samples_are_drawn_through_every_guidance_at_once()
    {
        using var ratios = ExpectationRatios.Fit(
            Blobs.Denoiser(), new Ddim(Schedule, 20).Levels, new(Blobs.Points(60), Blobs.Labels(60), 3), RandomKey.From(0, "fit"),
            cancellation: TestContext.Current.CancellationToken);
        var auto = new Autoguidance(Blobs.Denoiser(), Blobs.Denoiser(2), 1.5);
        var nested = new IntervalGuidance(new ReCfg(auto, ratios, 1.5), auto, 0.2, 20);
        var samples = new Ddim(Schedule, 20).Draw(nested, zeros(300, ScalarType.Int64), [2], 7);
        // guided samples of the first class stay at it
        Near.Absolute(tensor(new[] { -1, 0.4 }), samples.mean([0]), 0.5);
        Assert.InRange(Blobs.Mixture().Posterior(samples.to(ScalarType.Float64), NoiseLevel.Clean)[.., 0].mean().item<double>(), 0.95, 1);
    }

    private static DdpmDenoiser Network(double labelDropout) => new(RandomWeights.Network(), Schedule, 3, labelDropout);

    private static Tensor Points(long count) => RandomKey.From(0, "x").Normal(0, count, [3]);

    /// <summary>Finds every class as likely everywhere.</summary>
    private sealed class Unsure : INoisyClassifier
    {
        public int Classes => 3;

        public Tensor LogProbability(Tensor x, NoiseLevel level) => full([x.shape[0], 3], -Math.Log(3), x.dtype);

        public Tensor LogProbabilityGradient(Tensor x, NoiseLevel level, Tensor label) => zeros_like(x);
    }
}
