using Veer.Diffusion;
using Veer.Guidance;
using Veer.Sampling;
using Veer.Tests.Formats;
using Veer.Tests.Networks;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Diffusion;

public sealed class FlowDenoiserTests
{
    private static readonly FlowDenoiser Denoiser = new(RandomWeights.Network(), classes: 3, labelDropout: 0.1);
    private static readonly Tensor Labels = tensor(new long[] { 0, 1, 2, 3 });

    [Theory]
    [InlineData(0, 1)] // pure noise
    [InlineData(1, 0)] // data
    [InlineData(0.5, 0.5)]
    [InlineData(0.6, 0.8)]
    [InlineData(1, 20)]
    public void The_two_parts_make_up_x_and_differ_by_the_velocity(double signal, double noise)
    {
        var level = new NoiseLevel(signal, noise);
        var x = level.Mix(Points("clean"), Points("noise"));
        double length = signal + noise;
        var velocity = RandomWeights.Network().forward(x / length, full(1, (float)(signal / length)), Labels);
        var found = Denoiser.Predict(x, level, Labels);
        Near.LargestValue(x, level.Mix(found.Clean, found.Noise), 1e-5);
        Near.LargestValue(velocity, found.Clean - found.Noise, 1e-5);
    }

    [Fact]
    public void On_its_own_path_the_probability_flow_is_the_networks_velocity()
    {
        var x = Points("x");
        var expected = RandomWeights.Network().forward(x, full(1, 0.3f), Labels);
        Near.LargestValue(expected, new ProbabilityFlow(Denoiser, new LinearPath()).Velocity(x, 0.3, Labels), 1e-5);
    }

    [Fact]
    public void Deterministic_steps_are_Eulers_method_and_guidance_acts_on_the_velocity()
    {
        var guided = new ClassifierFreeGuidance(Denoiser, 2.5);
        var labels = tensor(new long[] { 0, 1, 2 });
        var found = SamplerKind.Create("ddim", Denoiser.Process, 7).Sample(guided, labels, seed: 4, new() { Shape = [3] }, TestContext.Current.CancellationToken);
        var start = RandomKey.From(4, "sample").At(0).Normal(0, 3, [3]);
        using var quiet = no_grad();
        for (int i = 0; i < 7; i++)
        {
            var (time, none) = (full(1, i / 7f), full_like(labels, 3));
            var (plain, free) = (RandomWeights.Network().forward(start, time, labels), RandomWeights.Network().forward(start, time, none));
            start = start + (free + 2.5 * (plain - free)) / 7;
        }
        Near.LargestValue(start, found, 1e-5);
    }

    [Fact]
    public void An_adaptive_solver_ends_where_many_small_steps_do()
    {
        var labels = tensor(new long[] { 0, 1, 2 });
        var guided = new ClassifierFreeGuidance(Denoiser, 1.5);
        var token = TestContext.Current.CancellationToken;
        var expected = SamplerKind.Create("ddim", Denoiser.Process, 2000).Sample(guided, labels, seed: 4, new() { Shape = [3] }, token);
        var found = SamplerKind.Create("dopri5", Denoiser.Process, 1).Sample(guided, labels, seed: 4, new() { Shape = [3] }, token);
        Near.LargestValue(expected, found, 2e-3);
    }

    [Fact]
    public void A_sampler_of_another_process_is_refused()
    {
        Refusal.Of(() => SamplerKind.Create("ddpm", Denoiser.Process, 7), "sampler: found 'ddpm', expected ddim or dpm-solver or dopri5");
        Refusal.Of(() => SamplerKind.Create("heun", new DiscreteProcess(NoiseSchedule.Linear()), 7), "sampler: found 'heun', expected ddim or dpm-solver or ddpm");
        Refusal.Of(() => SamplerKind.Create("dopri5", new ContinuousProcess(new VarianceExplodingPath()), 7), "expected ddim or dpm-solver or heun");
    }

    private static Tensor Points(string purpose) => RandomKey.From(0, purpose).Normal(0, 4, [3]);
}
