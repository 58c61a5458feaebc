using TorchSharp;
using Veer.ClosedForm;
using Veer.Diffusion;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.ClosedForm;

public sealed class FractalGoldenTests(FractalGoldenTests.Published published)
    : IClassFixture<FractalGoldenTests.Published>, IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    /// <summary>The mixture as published: its classes are weighted by their branches' lengths, not evenly.</summary>
    public sealed class Published : IDisposable
    {
        public Published()
        {
            var (weights, means, covariances, classes) = Fractal.Components();
            Mixture = new GaussianMixture(weights, means, covariances, classes);
        }

        public GaussianMixture Mixture { get; }

        public Dictionary<string, Tensor> Values { get; } = GoldenFile.Load("fractal_eval.safetensors");

        public void Dispose()
        {
            Mixture.Dispose();
            foreach (var value in Values.Values) value.Dispose();
        }
    }

    [Theory]
    [InlineData("A", 0)]
    [InlineData("B", 1)]
    public void Components_match_the_published_generator(string name, long label)
    {
        var golden = GoldenFile.Load("fractal_components.safetensors");
        var (weights, means, covariances, classes) = Fractal.Components();
        var own = classes == label;
        Assert.Equal(1016, own.sum().item<long>());
        Near.Absolute(golden[name + ".phi_raw"], weights[own], 1e-12);
        Near.Absolute(golden[name + ".mu"], means[own], 1e-12);
        Near.Absolute(golden[name + ".Sigma"], covariances[own], 1e-12);
    }

    public static TheoryData<string, string, double, bool> Cases()
    {
        var cases = new TheoryData<string, string, double, bool>();
        foreach (bool single in new[] { false, true })
        {
            foreach (string set in new[] { "A", "B", "AB" })
            {
                foreach (double sigma in new[] { 0, 0.01, 0.1, 1.0 })
                {
                    cases.Add(set, "on", sigma, single);
                    if (sigma > 0) cases.Add(set, "grid", sigma, single);
                }
            }
        }
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Smoothed_density_and_score_match(string set, string where, double sigma, bool single)
    {
        var golden = published.Values;
        var type = single ? ScalarType.Float32 : ScalarType.Float64;
        var x = golden[where == "on" ? set + ".on_points" : "grid"].to(type);
        var label = full(x.shape[0], set switch { "A" => 0L, "B" => 1L, _ => 2L }, ScalarType.Int64);
        string key = FormattableString.Invariant($"{set}.{where}.sigma{sigma}");

        var density = published.Mixture.LogDensity(x, new NoiseLevel(1, sigma), label);
        var score = published.Mixture.Score(x, new NoiseLevel(1, sigma), label);

        Assert.Equal(type, density.dtype);
        var expected = golden[key + ".logp"];
        var judged = single ? expected > -7 : ones_like(expected, ScalarType.Bool);
        Near.Absolute(expected[judged], density[judged], single ? 1e-4 : 1e-9);
        Near.LargestNorm(golden[key + ".score"], score, single ? 1e-4 : 1e-9);
    }

    [Theory]
    [InlineData("plain", 1, false)]
    [InlineData("cfg2", 2, false)]
    [InlineData("plain", 1, true)]
    [InlineData("cfg2", 2, true)]
    public void Heun_sampling_with_the_exact_score_ends_where_published(string key, double scale, bool single)
    {
        var golden = GoldenFile.Load("fractal_sampler.safetensors");
        var x = golden["x_init"].to(single ? ScalarType.Float32 : ScalarType.Float64);
        var a = zeros(x.shape[0], ScalarType.Int64);
        // Karras et al. (arXiv 2206.00364), Eq. 5: 32 noise levels from 5 to 0.002, rho 7, then 0
        const int steps = 32;
        double[] sigma = [.. Enumerable.Range(0, steps).Select(i => Math.Pow(
            Math.Pow(5, 1 / 7.0) + i / (steps - 1.0) * (Math.Pow(0.002, 1 / 7.0) - Math.Pow(5, 1 / 7.0)), 7)), 0];
        for (int i = 0; i < steps; i++)
        {
            var slope = Noise(x, sigma[i]);
            var next = x + (sigma[i + 1] - sigma[i]) * slope;
            if (i + 1 < steps) next = x + (sigma[i + 1] - sigma[i]) * 0.5 * (slope + Noise(next, sigma[i + 1]));
            x = next;
            if (i + 1 == 16) Near.Distance(golden[key + ".mid_f64"], x, single ? 2e-5 : 1e-9);
        }
        Near.Distance(golden[key + ".final_f64"], x, single ? 2e-5 : 1e-9);

        Tensor Noise(Tensor at, double level)
        {
            var conditional = published.Mixture.Denoise(at, new NoiseLevel(1, level), a).Noise;
            if (scale == 1) return conditional;
            var whole = published.Mixture.Denoise(at, new NoiseLevel(1, level), a + 2).Noise;
            return whole + scale * (conditional - whole);
        }
    }
}
