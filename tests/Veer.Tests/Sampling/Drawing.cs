using Veer.Diffusion;
using Veer.Sampling;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Sampling;

/// <summary>Draws under the test's own cancellation.</summary>
internal static class Drawing
{
    public static Trajectory Draw(this ISampler sampler, IDenoiser denoiser, Tensor labels, long[] shape, Tensor start) =>
        sampler.SampleTrajectory(denoiser, labels, 0, new() { Start = start, Shape = shape }, TestContext.Current.CancellationToken);

    public static Tensor Draw(
        this ISampler sampler, IDenoiser denoiser, Tensor labels, long[] shape, long seed, SamplingOptions? options = null) =>
        sampler.Sample(denoiser, labels, seed, (options ?? new()) with { Shape = shape }, TestContext.Current.CancellationToken);
}
