using Veer.Diffusion;
using Veer.Guidance;
using Veer.Sampling;
using Veer.Tests.Formats;
using Veer.Tests.Networks;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Diffusion;

public sealed class DdpmDenoiserTests
{
    private static readonly NoiseSchedule Process = NoiseSchedule.Linear();
    private static readonly DdpmDenoiser Denoiser = new(RandomWeights.Network(), Process, classes: 3, labelDropout: 0.1);
    private static readonly Tensor Labels = tensor(new long[] { 0, 1, 2, 3 });

    public static TheoryData<double, double> Levels => new(
        (0.6, 0.8), (0.999, Math.Sqrt(1 - 0.999 * 0.999)), // variance preserving
        (1, 0.05), (1, 1), (1, 20), // variance exploding
        (0.5, 0.5), (0.05, 0.95), (0.95, 0.05)); // linear

    [Theory]
    [MemberData(nameof(Levels))]
    public void The_two_parts_make_up_x(double signal, double noise)
    {
        var level = new NoiseLevel(signal, noise);
        var x = level.Mix(Points("clean"), Points("noise"));
        var found = Denoiser.Predict(x, level, Labels);
        Near.LargestValue(x, level.Mix(found.Clean, found.Noise), 1e-5);
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void At_any_level_it_answers_as_on_its_own_path_at_the_same_ratio(double signal, double noise)
    {
        double length = Math.Sqrt(signal * signal + noise * noise);
        var (level, preserving) = (new NoiseLevel(signal, noise), new NoiseLevel(signal / length, noise / length));
        var x = preserving.Mix(Points("clean"), Points("noise"));
        var expected = Denoiser.Predict(x, preserving, Labels);
        var found = Denoiser.Predict(x * length, level, Labels);
        Near.LargestValue(expected.Noise, found.Noise, 1e-4);
        Near.LargestValue(expected.Clean, found.Clean, 1e-4);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(500)]
    [InlineData(999)]
    public void On_a_step_of_its_schedule_the_network_is_asked_at_t_over_T(int step)
    {
        var x = Points("x");
        var expected = RandomWeights.Network().forward(x, full(1, step / 1000f), Labels);
        Near.Absolute(expected, Denoiser.Predict(x, Process.LevelAt(step), Labels).Noise, 1e-5);
    }

    [Fact]
    public void A_respaced_schedule_asks_the_network_at_the_times_it_was_trained_on()
    {
        var respaced = new DdpmDenoiser(RandomWeights.Network(), Process.Respace("ddim50"), classes: 3, labelDropout: 0.1);
        var x = Points("x");
        foreach (int step in (int[])[0, 20, 49])
            Near.Absolute(Denoiser.Predict(x, respaced.Schedule.LevelAt(step), Labels).Noise, respaced.Predict(x, respaced.Schedule.LevelAt(step), Labels).Noise, 1e-6);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 80)]
    [InlineData(1e-9, 1)]
    [InlineData(0.001, 0.999)]
    public void With_less_signal_than_the_process_ever_has_the_clean_sample_is_that_of_its_last_step(double signal, double noise)
    {
        using var scope = NewDisposeScope();
        var denoiser = new DdpmDenoiser(RandomWeights.Network(), NoiseSchedule.Linear(), 3, 0.1);
        var (x, label, level) = (RandomKey.From(0, "x").Normal(0, 4, [3]) * noise, tensor(new long[] { 0, 1, 2, 3 }), new NoiseLevel(signal, noise));
        var found = denoiser.Predict(x, level, label);
        Near.LargestValue(x, level.Mix(found.Clean, found.Noise), 1e-6);
        double length = Math.Sqrt(signal * signal + noise * noise);
        Near.LargestValue(denoiser.Predict(x / length, denoiser.Schedule.LevelAt(999), label).Clean, found.Clean, 1e-5);
    }

    [Fact]
    public void Label_dropout_makes_the_null_label_known()
    {
        Assert.True(Denoiser.Info.KnowsNullLabel);
        Assert.False(Untaught().Info.KnowsNullLabel);
        Assert.Equal(3, Denoiser.Classes);
    }

    [Fact]
    public void A_model_trained_without_labels_is_guided_by_a_classifier_alone_and_sampled_at_the_null_label()
    {
        using var denoiser = new DdpmDenoiser(RandomWeights.Network(), Process, classes: 3, labelDropout: 1) { SampleShape = [3] };
        Assert.False(denoiser.Info.KnowsLabels);
        GuidanceParts parts = new(denoiser) { Guide = Denoiser, Classifier = new EvenClassifier(), Levels = [Process.LevelAt(20)] };
        foreach (var kind in GuidanceKind.All.Where(kind => kind.AsksLabels))
            Refusal.Of(() => kind.Create(parts with { Data = new(zeros(3, 3), arange(3), 3) }, 1), $"{kind.Name}: model: found one trained without labels");
        Refusal.Of(() => Autoguidance.Kind.Create(parts with { Denoiser = Denoiser, Guide = denoiser }, 2), "autoguidance: guide: found one trained without labels");
        Assert.True(ClassifierGuidance.Kind.Create(parts, 2).Info.KnowsLabels);
        var sampler = new Ddim(Process, 2);
        Assert.Contains("3, the null label", Assert.Throws<ArgumentException>(() => { sampler.Sample(denoiser, tensor(new long[] { 3, 0 }), 0); }).Message, StringComparison.Ordinal);
        Assert.Equal([2, 3], sampler.Sample(denoiser, tensor(new long[] { 3, 3 }), 0, cancellation: TestContext.Current.CancellationToken).shape);
    }

    [Fact]
    public void Guidance_without_a_null_label_is_refused_but_for_scale_one()
    {
        foreach (double scale in (double[])[0, 0.5, 3])
            Refusal.Of(() => _ = new ClassifierFreeGuidance(Untaught(), scale), "without label dropout", "label dropout above 0, or scale 1");
        var plain = new ClassifierFreeGuidance(Untaught(), 1);
        Assert.False(plain.Info.KnowsNullLabel);
        Refusal.Of(() => _ = new ClassifierFreeGuidance(plain, 2), "without label dropout");
    }

    [Fact]
    public void Guided_by_one_it_is_conditional_and_by_zero_unconditional_to_the_bit()
    {
        var (x, level, label) = (Points("x"), new NoiseLevel(0.6, 0.8), tensor(new long[] { 0, 1, 2, 1 }));
        Same(Denoiser.Predict(x, level, label), new ClassifierFreeGuidance(Denoiser, 1).Predict(x, level, label));
        Same(Denoiser.Predict(x, level, full_like(label, 3)), new ClassifierFreeGuidance(Denoiser, 0).Predict(x, level, label));
    }

    [Fact]
    public void Guidance_goes_from_the_unconditional_through_the_conditional_noise()
    {
        var (x, level, label) = (Points("x"), new NoiseLevel(0.6, 0.8), tensor(new long[] { 0, 1, 2, 1 }));
        var (none, plain) = (Denoiser.Predict(x, level, full_like(label, 3)), Denoiser.Predict(x, level, label));
        var found = new ClassifierFreeGuidance(Denoiser, 3).Predict(x, level, label);
        Assert.True((plain.Noise - none.Noise).abs().amin(1).gt(1e-4).all().item<bool>());
        Near.LargestValue(none.Noise + 3 * (plain.Noise - none.Noise), found.Noise, 1e-5);
        Near.LargestValue(none.Clean + 3 * (plain.Clean - none.Clean), found.Clean, 1e-5);
    }

    private static DdpmDenoiser Untaught() => new(RandomWeights.Network(), Process, classes: 4, labelDropout: 0);

    private static Tensor Points(string purpose) => RandomKey.From(0, purpose).Normal(0, 4, [3]);

    /// <summary>Every class is as likely.</summary>
    private sealed class EvenClassifier : INoisyClassifier
    {
        public int Classes => 3;

        public Tensor LogProbability(Tensor x, NoiseLevel level) => full([x.shape[0], 3], -Math.Log(3));

        public Tensor LogProbabilityGradient(Tensor x, NoiseLevel level, Tensor label) => zeros_like(x);
    }

    private static void Same(Prediction expected, Prediction found)
    {
        Assert.True(AnyTensor.Same(expected.Clean.detach(), found.Clean.detach()));
        Assert.True(AnyTensor.Same(expected.Noise.detach(), found.Noise.detach()));
    }
}
