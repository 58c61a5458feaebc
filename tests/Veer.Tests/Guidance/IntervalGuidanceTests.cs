using TorchSharp;
using Veer.Diffusion;
using Veer.Guidance;
using Veer.Sampling;
using Veer.Tests.Formats;
using Veer.Tests.Sampling;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Guidance;

public sealed class IntervalGuidanceTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Theory]
    [InlineData(1, 0.25, false)]
    [InlineData(1, 0.5, false)] // the lowest sigma itself is plain
    [InlineData(2, 1.5, true)] // sigma is b / a on any path
    [InlineData(1, 2, true)] // the highest one guided
    [InlineData(1, 2.25, false)]
    [InlineData(0, 1, false)]
    public void Within_the_interval_it_is_guided_and_outside_plain_to_the_bit(double signal, double noise, bool within)
    {
        var (plain, guided) = (Blobs.Denoiser(), new ClassifierFreeGuidance(Blobs.Denoiser(), 3));
        var (x, label, level) = (Blobs.Points(9), Blobs.Labels(9), new NoiseLevel(signal, noise));
        var found = new IntervalGuidance(guided, plain, 0.5, 2).Predict(x, level, label);
        Blobs.Same((within ? guided : (IDenoiser)plain).Predict(x, level, label), found);
    }

    [Fact]
    public void A_trajectory_is_the_guided_one_until_it_leaves_the_interval()
    {
        var (plain, guided) = (Blobs.Denoiser(), new ClassifierFreeGuidance(Blobs.Denoiser(), 3));
        var sampler = new Ddim(NoiseSchedule.Linear(), 20);
        var (labels, start) = (Blobs.Labels(6), Blobs.Points(6));
        var whole = sampler.Draw(guided, labels, [2], start).States;
        var all = sampler.Draw(new IntervalGuidance(guided, plain, 0, double.PositiveInfinity), labels, [2], start).States;
        var early = sampler.Draw(new IntervalGuidance(guided, plain, 1, double.PositiveInfinity), labels, [2], start).States;
        Assert.True(whole.eq(all).all().item<bool>());
        int left = sampler.Levels.TakeWhile(level => level.Sigma / level.Alpha > 1).Count();
        Assert.InRange(left, 1, 19);
        Assert.True(whole.narrow(0, 0, left + 1).eq(early.narrow(0, 0, left + 1)).all().item<bool>());
        Assert.False(whole[left + 1].eq(early[left + 1]).any().item<bool>());
    }

    [Theory]
    [InlineData(-1, 2)]
    [InlineData(2, 1)]
    [InlineData(double.NaN, 1)]
    [InlineData(0, double.NaN)]
    public void An_interval_that_is_none_is_refused(double lowest, double highest) =>
        Refusal.Of(() => _ = new IntervalGuidance(Blobs.Denoiser(), Blobs.Denoiser(), lowest, highest), "interval guidance", "sigmas");

    [Fact]
    public void Models_of_different_classes_are_refused() =>
        Refusal.Of(() => _ = new IntervalGuidance(new TwoGaussians(), Blobs.Denoiser(), 0, 1), "interval guidance", "2 classes");
}
