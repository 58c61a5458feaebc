using CsCheck;
using TorchSharp;
using Veer.Diffusion;
using Veer.Guidance;
using Veer.Sampling;
using Veer.Tests.Sampling;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Guidance;

public sealed class CfgPlusPlusTests : IDisposable
{
    private static readonly NoiseSchedule Schedule = NoiseSchedule.Linear().Respace("ddim20");
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void At_lambda_one_the_clean_part_is_conditional_and_the_noise_unconditional_for_one_call()
    {
        var counted = new Counted(Blobs.Denoiser());
        var (x, label, level) = (Blobs.Points(9), Blobs.Labels(9), new NoiseLevel(0.6, 0.8));
        var (clean, noise) = new CfgPlusPlus(counted, 1).Predict(x, level, label);
        Near.Absolute(Blobs.Denoiser().Predict(x, level, label).Clean, clean, 1e-12);
        Near.Absolute(Blobs.Denoiser().Predict(x, level, full_like(label, Blobs.Classes)).Noise, noise, 1e-12);
        Assert.Equal([18], counted.Batches);
    }

    [Fact]
    public void At_lambda_zero_trajectories_are_unconditional_to_the_bit()
    {
        var (start, labels) = (Blobs.Points(12), Blobs.Labels(12));
        var found = new Ddim(Schedule).Draw(new CfgPlusPlus(Blobs.Denoiser(), 0), labels, [2], start);
        var expected = new Ddim(Schedule).Draw(Blobs.Denoiser(), full_like(labels, Blobs.Classes), [2], start);
        Assert.True(expected.States.eq(found.States).all().item<bool>());
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(1)]
    public void Trajectories_are_those_of_the_papers_algorithm(double lambda)
    {
        var (start, labels) = (Blobs.Points(12), Blobs.Labels(12));
        var found = new Ddim(Schedule).Draw(new CfgPlusPlus(Blobs.Denoiser(), lambda), labels, [2], start);

        // predict the noise by both scores, estimate the clean sample from the guided one, noise it again with the unconditional one
        var (mixture, x) = (Blobs.Mixture(), start);
        for (int t = Schedule.Steps - 1; t >= 0; t--)
        {
            double bar = Schedule.CumulativeAlphas[t], next = t == 0 ? 1 : Schedule.CumulativeAlphas[t - 1];
            var level = new NoiseLevel(Math.Sqrt(bar), Math.Sqrt(1 - bar));
            var none = mixture.Score(x, level, full_like(labels, Blobs.Classes)) * -Math.Sqrt(1 - bar);
            var own = mixture.Score(x, level, labels) * -Math.Sqrt(1 - bar);
            var clean = (x - (none + lambda * (own - none)) * Math.Sqrt(1 - bar)) / Math.Sqrt(bar);
            x = clean * Math.Sqrt(next) + none * Math.Sqrt(1 - next);
        }
        Near.Absolute(x, found.Samples, 1e-9);
    }

    [Fact]
    public void A_step_is_one_of_classifier_free_guidance_with_a_scale_that_grows_as_steps_shorten() =>
        Gen.Select(Gen.Double[-0.5, 1.5], Gen.Double[0.05, 0.95]).SampleFixed((lambda, share) =>
        {
            using var scope = NewDisposeScope();
            var (x, label) = (Blobs.Points(9), Blobs.Labels(9));
            var (from, sampler) = (new NoiseLevel(0.6, 0.8), new Ddim(Schedule));
            // a level at which sigma is that share of what it was
            double sigma = share * from.Sigma / from.Alpha, signal = 1 / Math.Sqrt(1 + sigma * sigma);
            var to = new NoiseLevel(signal, sigma * signal);
            var plus = sampler.Step(new CfgPlusPlus(Blobs.Denoiser(), lambda).Predict(x, from, label), from, to, null);
            var free = new ClassifierFreeGuidance(Blobs.Denoiser(), lambda / (1 - share)).Predict(x, from, label);
            Near.Absolute(sampler.Step(free, from, to, null), plus, 1e-11);
        }, iter: 20);

    [Fact]
    public void A_scale_that_is_no_number_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new CfgPlusPlus(Blobs.Denoiser(), double.NaN));
}
