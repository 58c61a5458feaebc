using TorchSharp;
using Veer.ClosedForm;
using Veer.Diffusion;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.ClosedForm;

/// <summary>Two classes N(-1, 0.25²) and N(1, 0.25²) under the DDPM forward process: published fields [t, x, class].</summary>
public sealed class MixtureGoldenTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Density_score_posterior_and_noise_match_in_one_dimension(bool single)
    {
        var golden = GoldenFile.Load("gauss1d_fields.safetensors");
        using var mixture = TwoClasses();
        var x = golden["x"].to(single ? ScalarType.Float32 : ScalarType.Float64).unsqueeze(1);
        long[] times = golden["t"].data<long>().ToArray();
        Tensor Over(Func<NoiseLevel, Tensor> field) => stack([.. times.Select(t => field(AtStep(t)))], 0);
        Tensor Label(long c) => full(x.shape[0], c, ScalarType.Int64);
        Tensor ByClass(Func<NoiseLevel, Tensor, Tensor> field) =>
            Over(level => cat([field(level, Label(0)), field(level, Label(1))], 1));
        double tolerance = single ? 1e-5 : 1e-9;

        Near.LargestValue(golden["log_density"], Over(level => mixture.LogDensity(x, level, Label(2))), tolerance);
        Near.LargestValue(golden["score"], Over(level => mixture.Score(x, level, Label(2)).squeeze(1)), tolerance);
        Near.LargestValue(golden["score_class"], ByClass((level, c) => mixture.Score(x, level, c)), tolerance);
        Near.LargestValue(golden["eps_uncond"], Over(level => mixture.Denoise(x, level, Label(2)).Noise.squeeze(1)), tolerance);
        Near.LargestValue(golden["eps_class"], ByClass((level, c) => mixture.Denoise(x, level, c).Noise), tolerance);
        Near.Absolute(golden["posterior"], Over(level => mixture.Posterior(x, level)), tolerance);
        Near.LargestValue(golden["grad_log_posterior"], ByClass((level, c) => mixture.PosteriorGradient(x, level, c)), tolerance);
    }

    private static GaussianMixture TwoClasses() => new(
        ones(2), arange(-1, 3, 2).reshape(2, 1), full([2, 1, 1], 0.25 * 0.25, ScalarType.Float64), arange(2, ScalarType.Int64));

    // linear betas from 1e-4 to 0.02 in 1000 steps (Ho et al., arXiv 2006.11239)
    private static NoiseLevel AtStep(long t)
    {
        double kept = 1;
        for (int i = 0; i <= t; i++) kept *= 1 - (1e-4 + i * (0.02 - 1e-4) / 999);
        return new NoiseLevel(Math.Sqrt(kept), Math.Sqrt(1 - kept));
    }
}
