using TorchSharp;
using Veer.ClosedForm;
using Veer.Diffusion;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.ClosedForm;

public sealed class GaussianMixtureTests : IDisposable
{
    private const long Count = 24;
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    public static TheoryData<int, long, double, double> Cases() => new()
    {
        { 1, 1, 1, 0 }, { 2, 2, 1, 0.05 }, { 3, 3, 0.3, 0.9 }, { 4, 5, 0, 1 }, { 5, 2, 1, 80 }, { 6, 4, 0.7, 0.3 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Score_is_the_gradient_of_the_log_density(int seed, long dimensions, double a, double b)
    {
        using var mixture = RandomMixture.Of(seed, dimensions);
        var x = RandomMixture.Points(seed, Count, dimensions).requires_grad_();
        var label = RandomMixture.Labels(Count);
        var gradient = autograd.grad([mixture.LogDensity(x, new NoiseLevel(a, b), label).sum()], [x])[0];
        Near.LargestValue(gradient, mixture.Score(x.detach(), new NoiseLevel(a, b), label), 1e-10);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Log_density_is_that_of_the_noisy_components(int seed, long dimensions, double a, double b)
    {
        // two components written out, one of each class, through inverse and determinant
        var key = RandomKey.From(seed, "two");
        var factor = key.Normal(0, 2, [dimensions, dimensions]).to(ScalarType.Float64);
        var covariance = factor.matmul(factor.transpose(1, 2)) + 0.1 * eye(dimensions, dtype: ScalarType.Float64);
        var mean = key.At(1).Normal(0, 2, [dimensions]).to(ScalarType.Float64);
        var weights = arange(1, 3, ScalarType.Float64);
        using var mixture = new GaussianMixture(weights, mean, covariance, arange(2, ScalarType.Int64));
        var x = RandomMixture.Points(seed, Count, dimensions);
        var noisy = covariance * (a * a) + b * b * eye(dimensions, dtype: ScalarType.Float64);
        var away = x.unsqueeze(1) - a * mean;
        var square = einsum("bki,kij,bkj->bk", away, linalg.inv(noisy), away);
        var each = -0.5 * (square + linalg.det(noisy).log() + dimensions * Math.Log(2 * Math.PI));
        var joint = each + (weights / 3).log();

        Tensor Label(long c) => full(Count, c, ScalarType.Int64);
        var level = new NoiseLevel(a, b);
        Near.LargestValue(each.select(1, 0), mixture.LogDensity(x, level, Label(0)), 1e-10);
        Near.LargestValue(each.select(1, 1), mixture.LogDensity(x, level, Label(1)), 1e-10);
        Near.LargestValue(joint.logsumexp(1), mixture.LogDensity(x, level, Label(2)), 1e-10);
        Near.Absolute(joint.softmax(1), mixture.Posterior(x, level), 1e-10);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Signal_and_noise_add_up_to_x(int seed, long dimensions, double a, double b)
    {
        using var mixture = RandomMixture.Of(seed, dimensions);
        var x = RandomMixture.Points(seed, Count, dimensions);
        var level = new NoiseLevel(a, b);
        var (clean, noise) = mixture.Denoise(x, level, RandomMixture.Labels(Count));
        Near.LargestValue(x, level.Mix(clean, noise), 1e-12);
        Near.LargestValue(noise, mixture.Score(x, level, RandomMixture.Labels(Count)) * -b, 1e-12);
    }

    [Fact]
    public void Without_noise_the_clean_sample_is_x_and_the_noise_nothing()
    {
        using var mixture = RandomMixture.Of(7, 3);
        var x = RandomMixture.Points(7, Count, 3).to(ScalarType.Float32);
        var (clean, noise) = mixture.Denoise(x, NoiseLevel.Clean, RandomMixture.Labels(Count));
        Near.LargestValue(x, clean, 1e-5);
        Near.Absolute(zeros_like(x), noise, 0);
    }

    [Fact]
    public void Without_signal_the_clean_sample_is_the_mean_of_its_class()
    {
        using var mixture = new GaussianMixture(
            tensor(new[] { 3.0, 1, 4 }), tensor(new[] { 1.0, 5, -1 }).reshape(3, 1), ones([3, 1, 1]), tensor(new[] { 0L, 0, 1 }));
        var x = tensor(new[] { 0.3, -2, 9 }).reshape(3, 1);
        var (clean, noise) = mixture.Denoise(x, new NoiseLevel(0, 1), tensor(new[] { 0L, 1, 2 }));
        Near.Absolute(tensor(new[] { 2.0, -1, 0.5 }).reshape(3, 1), clean, 1e-12);
        Near.Absolute(x, noise, 1e-12);
    }

    [Fact]
    public void Float32_far_off_the_support_stays_finite()
    {
        using var mixture = Fractal.Mixture();
        var x = tensor(new[] { 40f, -40, 0, 0, 3, -3 }).reshape(3, 2);
        var label = tensor(new[] { 0L, 1, 2 });
        foreach (double sigma in new[] { 0, 0.002, 1 })
        {
            var level = new NoiseLevel(1, sigma);
            var (clean, noise) = mixture.Denoise(x, level, label);
            var all = cat([clean, noise, mixture.Score(x, level, label), mixture.Posterior(x, level), mixture.LogPosterior(x, level)], 1);
            Assert.True(all.isfinite().all().item<bool>());
        }
    }

    [Fact]
    public void Answers_do_not_depend_on_the_batch_or_its_order()
    {
        using var mixture = Fractal.Mixture();
        // more than one piece of every label
        var x = Fractal.Sample(600, RandomKey.From(1, "points")).Points;
        var label = arange(1200, ScalarType.Int64).remainder(3);
        var level = new NoiseLevel(1, 0.05);
        var whole = mixture.Denoise(x, level, label).Clean;
        foreach (long row in new[] { 0L, 1, 601, 1199 })
        {
            var alone = mixture.Denoise(x.narrow(0, row, 1), level, label.narrow(0, row, 1)).Clean;
            Near.Absolute(whole.narrow(0, row, 1), alone, 1e-6);
        }
        Near.Absolute(whole.flip(0), mixture.Denoise(x.flip(0), level, label.flip(0)).Clean, 1e-6);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void Answers_have_the_type_of_the_points(ScalarType type)
    {
        using var mixture = RandomMixture.Of(8, 2);
        var x = RandomMixture.Points(8, Count, 2).to(type);
        var (clean, noise) = mixture.Denoise(x, new NoiseLevel(1, 1), RandomMixture.Labels(Count));
        var density = mixture.LogDensity(x, new NoiseLevel(1, 1), RandomMixture.Labels(Count));
        Tensor[] answers = [clean, noise, density, mixture.Posterior(x, new NoiseLevel(1, 1))];
        Assert.All(answers, answer => Assert.Equal(type, answer.dtype));
    }

    [Fact]
    public void Nothing_is_left_behind_but_the_answer()
    {
        using var mixture = RandomMixture.Of(9, 2);
        var x = RandomMixture.Points(9, Count, 2);
        var label = RandomMixture.Labels(Count);
        using var scope = NewDisposeScope();
        mixture.Denoise(x, new NoiseLevel(1, 0.1), label);
        mixture.PosteriorGradient(x, new NoiseLevel(1, 0.1), label.clamp_max(RandomMixture.Classes - 1));
        mixture.Sample(label, RandomKey.From(1, "sample"));
        // clean, noise, gradient, sample and the clamped labels
        Assert.Equal(5, scope.DisposablesCount);
    }

    [Fact]
    public void Faults_are_named()
    {
        using var mixture = RandomMixture.Of(1, 2);
        var x = zeros(2, 2);
        var label = tensor(new[] { 0L, 1 });
        Assert.Throws<ArgumentException>("x", () => mixture.Score(zeros(2, 3), NoiseLevel.Clean, label));
        Assert.Throws<ArgumentException>("labels", () => mixture.Score(zeros(3, 2), NoiseLevel.Clean, label));
        Assert.Throws<ArgumentOutOfRangeException>("labels", () => mixture.Score(x, NoiseLevel.Clean, label + 3));
        Assert.Throws<ArgumentOutOfRangeException>("labels", () => mixture.Sample(label + 3, default));
        Assert.Throws<ArgumentOutOfRangeException>("level", () => mixture.Score(x, new NoiseLevel(0, 0), label));
        Assert.Throws<ArgumentException>("label", () => mixture.PosteriorGradient(x, NoiseLevel.Clean, label + 2));
        var covariance = eye(2).expand(2, 2, 2);
        Assert.Throws<ArgumentException>("weights", () => new GaussianMixture(tensor(new[] { 1.0, 0 }), x, covariance, label));
        Assert.Throws<ArgumentException>("covariances", () => new GaussianMixture(ones(2), x, -covariance, label));
        Assert.Throws<ArgumentException>("covariances", () => new GaussianMixture(ones(2), x, covariance + tril(ones(2, 2), -1) * 0.1, label));
        Assert.Throws<ArgumentException>("means", () => new GaussianMixture(ones(2), x + double.NaN, covariance, label));
        Assert.Throws<ArgumentException>("classes", () => new GaussianMixture(ones(2), x, covariance, label * 2));
        Assert.Throws<ArgumentException>("means", () => new GaussianMixture(ones(2), ones(2), covariance, label));
    }
}
