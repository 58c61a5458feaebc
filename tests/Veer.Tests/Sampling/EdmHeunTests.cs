using System.Text.Json;
using TorchSharp;
using Veer.ClosedForm;
using Veer.Diffusion;
using Veer.Guidance;
using Veer.Sampling;
using Veer.Tests.Networks;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Sampling;

public sealed class EdmHeunTests : IDisposable
{
    private static readonly JsonElement Index = GoldenFile.Json("edm.json");

    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void Grids_are_those_of_the_reference()
    {
        foreach (var one in Index.GetProperty("scalars").GetProperty("noise_grids").EnumerateArray())
        {
            double Number(string name) => one.GetProperty(name).GetDouble();
            var found = new KarrasSigmas(Number("sigma_min"), Number("sigma_max"), Number("rho")).Sigmas(one.GetProperty("num_steps").GetInt32());
            double[] expected = [.. one.GetProperty("t_steps").EnumerateArray().Select(t => t.GetDouble())];
            Assert.Equal(expected.Length, found.Count);
            Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-12 * pair.First));
        }
        Assert.Equal(2, new KarrasSigmas().Sigmas(1).Count);
        Assert.Throws<ArgumentException>(() => new KarrasSigmas(SigmaMin: 0).Sigmas(5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new EdmHeun(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new EdmHeun(5, churn: new(-1)));
    }

    [Theory]
    [InlineData("edm_heun_18")]
    [InlineData("edm_heun_8")]
    [InlineData("edm_heun_churn")]
    public void Every_state_on_the_way_is_that_of_the_reference(string name)
    {
        var golden = GoldenFile.Load(name + ".safetensors");
        var (sampler, evaluations) = Sampler(name);
        using var mixture = new GaussianMixture(golden["gm_weights"], golden["gm_means"], golden["gm_covs"], zeros(2, ScalarType.Int64));
        var asked = new Recorder(new MixtureDenoiser(mixture));
        var x = golden["latents"] * golden["t_steps"][0];
        var label = zeros(x.shape[0], ScalarType.Int64);
        if (golden.TryGetValue("noise", out var noise))
        {
            // the reference's own noise, so step by step
            for (int i = 0; i < sampler.Steps; i++) x = sampler.Step(asked, x, label, i, noise[i]);
        }
        else x = sampler.Draw(asked, label, [2], x).Samples;
        Near.Absolute(golden["x_final"], x, 1e-8);
        Assert.Equal((evaluations, evaluations), (asked.Calls.Count, sampler.Evaluations));
        for (int i = 0; i < evaluations; i++)
        {
            bool second = i % 2 == 1;
            Near.Absolute(golden[second ? "x_euler" : "x_hat"][i / 2], asked.Calls[i].X, 1e-8);
            double sigma = golden[second ? "t_next" : "t_hat"][i / 2].item<double>();
            Assert.Equal(1, asked.Calls[i].NoiseLevel.Alpha);
            Assert.Equal(sigma, asked.Calls[i].NoiseLevel.Sigma, 1e-12 * sigma);
        }
    }

    [Fact]
    public void Through_a_network_every_state_is_that_of_the_reference()
    {
        var golden = GoldenFile.Load("edm_net_sampler.safetensors");
        var denoiser = new EdmDenoiser(new SongCase("edm_net_a").Network(), classes: 10, labelDropout: 0);
        var sampler = new EdmHeun(6);
        var start = golden["latents"] * sampler.Levels[0].Sigma;
        var trajectory = sampler.Draw(denoiser, golden["class_labels"].argmax(1), [3, 16, 16], start);
        Assert.Equal(ScalarType.Float64, trajectory.States.dtype);
        for (int i = 0; i < 6; i++) Near.LargestValue(golden["x_hat"][i], trajectory.States[i], 1e-5);
        Near.LargestValue(golden["x_final"], trajectory.Samples, 1e-5);
    }

    [Fact]
    public void Twice_the_steps_make_a_quarter_of_the_error()
    {
        // one Gaussian, N(-1, 1/16): the flow scales every point's distance from the mean
        var label = zeros(9, ScalarType.Int64);
        var start = linspace(-2, 2, 9, ScalarType.Float64) * Math.Sqrt(400 + 1 / 16.0) - 1;
        var exact = linspace(-2, 2, 9, ScalarType.Float64) / 4 - 1;
        Assert.InRange(Error(40) / Error(80), 3.6, 4.4);
        Assert.InRange(Error(80) / Error(160), 3.8, 4.2);
        Assert.InRange(Error(160), 0, 1e-3);

        double Error(int steps) =>
            (new EdmHeun(steps, new(1e-5, 20)).Draw(new TwoGaussians(), label, [], start).Samples - exact).abs().max().item<double>();
    }

    [Fact]
    public void A_sample_is_the_same_alone_in_batches_and_in_one_draw_and_is_float32()
    {
        var labels = arange(10, ScalarType.Int64).remainder(3);
        foreach (var sampler in (EdmHeun[])[new(12), new(12, churn: new(10, 0.05, 50, 1.003))])
        {
            var whole = sampler.Draw(new TwoGaussians(), labels, [1], 7);
            Assert.Equal(ScalarType.Float32, whole.dtype);
            var split = sampler.Draw(new TwoGaussians(), labels, [1], 7, new() { BatchSize = 3 });
            var alone = sampler.Draw(new TwoGaussians(), labels.narrow(0, 6, 1), [1], 7, new() { FirstSample = 6 });
            Near.Absolute(whole, split, 1e-6);
            Near.Absolute(whole[6], alone[0], 1e-6);
            Assert.True(whole.ne(sampler.Draw(new TwoGaussians(), labels, [1], 8)).all().item<bool>());
        }
        Assert.True(new EdmHeun(12).Draw(new TwoGaussians(), labels, [1], 7)
            .ne(new EdmHeun(12, churn: new(10)).Draw(new TwoGaussians(), labels, [1], 7)).all().item<bool>());
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(10.0)]
    public void An_exact_denoiser_gives_back_its_data(double amount)
    {
        var sampler = new EdmHeun(100, churn: amount > 0 ? new(amount, 0.05, 50) : null);
        var samples = sampler.Draw(new TwoGaussians(), zeros(6000, ScalarType.Int64), [1], 3);
        Assert.Equal(-1, samples.mean().item<float>(), 0.02f);
        Assert.Equal(0.25, samples.std().item<float>(), 0.01f);
    }

    [Fact]
    public void Guidance_that_moves_the_clean_part_alone_guides()
    {
        var label = zeros(500, ScalarType.Int64);
        double Share(IDenoiser denoiser, Tensor labels) =>
            new EdmHeun(20).Draw(denoiser, labels, [1], 3).lt(0).to(ScalarType.Float32).mean().item<float>();
        Assert.Equal(0.5, Share(new TwoGaussians(), label + 2), 0.1);
        Assert.InRange(Share(new CfgPlusPlus(new TwoGaussians(), 0.7), label), 0.95, 1);
    }

    [Fact]
    public void A_network_of_a_noise_schedule_takes_its_float64_states()
    {
        var denoiser = new DdpmDenoiser(RandomWeights.Network(), NoiseSchedule.Linear(), classes: 3, labelDropout: 0.1);
        var (x, labels) = (RandomKey.From(0, "x").Normal(0, 4, [3]), tensor(new long[] { 0, 1, 2, 3 }));
        var (single, wide) = (denoiser.Predict(x, new(1, 0.5), labels), denoiser.Predict(x.to(ScalarType.Float64), new(1, 0.5), labels));
        Assert.Equal((ScalarType.Float64, ScalarType.Float64), (wide.Clean.dtype, wide.Noise.dtype));
        Near.LargestValue(single.Clean, wide.Clean, 1e-6);
        Assert.True(new EdmHeun(4).Draw(denoiser, labels, [3], 1).isfinite().all().item<bool>());
    }

    [Fact]
    public void Trajectories_go_from_the_noise_to_the_sample_and_leave_nothing_behind()
    {
        var sampler = new EdmHeun(5);
        var labels = zeros(3, ScalarType.Int64);
        using var scope = NewDisposeScope();
        var trajectory = sampler.SampleTrajectory(
            new TwoGaussians(), labels, 4, new() { BatchSize = 2, Shape = [1] }, TestContext.Current.CancellationToken);
        Assert.Equal(1, scope.DisposablesCount);
        Assert.Equal([6, 3, 1], trajectory.States.shape);
        Assert.Equal((6, NoiseLevel.Clean), (trajectory.Levels.Count, trajectory.Levels[^1]));
        Near.Absolute(RandomKey.From(4, "sample").At(0).Normal(0, 3, [1]) * 80, trajectory.States[0], 1e-4);
        Assert.True(trajectory.Samples.eq(sampler.Draw(new TwoGaussians(), labels, [1], 4, new() { BatchSize = 2 })).all().item<bool>());
    }

    private static (EdmHeun Sampler, int Evaluations) Sampler(string name)
    {
        var one = Index.GetProperty("samplers").EnumerateArray().Single(one => one.GetProperty("name").GetString() == name);
        var config = one.GetProperty("config");
        double Number(string key, double otherwise) => config.TryGetProperty(key, out var value) ? value.GetDouble() : otherwise;
        var grid = new KarrasSigmas(Number("sigma_min", 0.002), Number("sigma_max", 80), Number("rho", 7));
        var churn = new Churn(Number("S_churn", 0), Number("S_min", 0), Number("S_max", double.PositiveInfinity), Number("S_noise", 1));
        return (new(config.GetProperty("num_steps").GetInt32(), grid, churn), one.GetProperty("nfe").GetInt32());
    }

    /// <summary>Keeps what a denoiser was asked.</summary>
    private sealed class Recorder(IDenoiser denoiser) : IDenoiser
    {
        public List<(Tensor X, NoiseLevel NoiseLevel)> Calls { get; } = [];

        public DenoiserInfo Info => denoiser.Info;

        public Prediction Predict(Tensor x, NoiseLevel level, Tensor label, PredictionContext? context = null)
        {
            Calls.Add((x.clone().DetachFromDisposeScope(), level));
            return denoiser.Predict(x, level, label, context);
        }
    }
}
