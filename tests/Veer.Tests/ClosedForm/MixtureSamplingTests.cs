using TorchSharp;
using Veer.ClosedForm;
using Veer.Diffusion;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.ClosedForm;

public sealed class MixtureSamplingTests : IDisposable
{
    private static readonly RandomKey Key = RandomKey.From(5, "sample");
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void A_sample_depends_on_its_index_and_label_alone()
    {
        using var mixture = RandomMixture.Of(1, 3);
        var labels = RandomMixture.Labels(40);
        var whole = mixture.Sample(labels, Key);
        var later = mixture.Sample(labels.narrow(0, 17, 5), Key, first: 17);
        Assert.True(whole.narrow(0, 17, 5).equal(later).all().item<bool>());
        Assert.False(whole.equal(mixture.Sample(labels, Key.At(1))).any().item<bool>());
    }

    [Theory]
    [InlineData(0, 0.5, 3.25)]
    [InlineData(1, 4, 1)]
    [InlineData(2, 1.2, 4.76)]
    public void Moments_are_those_of_the_mixture(long label, double mean, double variance)
    {
        // class 0: N(-1, 1) and N(2, 1) in equal parts; class 1: N(4, 1); priors 0.8 and 0.2
        using var mixture = new GaussianMixture(
            tensor(new[] { 2.0, 2, 1 }), tensor(new[] { -1.0, 2, 4 }).reshape(3, 1), ones([3, 1, 1]), tensor(new[] { 0L, 0, 1 }),
            ScalarType.Float64);
        const long count = 200_000;
        var x = mixture.Sample(full(count, label, ScalarType.Int64), Key);
        Assert.Equal(ScalarType.Float64, x.dtype);
        // five standard errors, the variance's that of a normal: none of the three has heavier tails
        Assert.Equal(mean, x.mean().item<double>(), 5 * Math.Sqrt(variance / count));
        Assert.Equal(variance, x.var().item<double>(), 5 * variance * Math.Sqrt(2.0 / count));
    }

    [Fact]
    public void Covariance_has_its_direction()
    {
        double[] expected = [1, 0.6, 0.6, 0.5];
        using var mixture = new GaussianMixture(ones(1), zeros(1, 2), tensor(expected).reshape(1, 2, 2), zeros(1, ScalarType.Int64));
        const long count = 100_000;
        var x = mixture.Sample(zeros(count, ScalarType.Int64), Key).to(ScalarType.Float64);
        Near.Absolute(tensor(expected).reshape(2, 2), x.T.matmul(x) / count, 5 * Math.Sqrt(2.0 / count));
    }

    [Fact]
    public void The_fractal_has_even_classes_on_their_own_sides()
    {
        var data = Fractal.Sample(2000, Key);
        Assert.Equal([4000L, 2], data.Points.shape);
        Assert.Equal(ScalarType.Float32, data.Points.dtype);
        Assert.Equal(2000, data.Labels.sum().item<long>());
        // towards pi/4 and 5 pi/4
        Assert.True(data.OfClass(0).mean([0]).min().item<float>() > 0.3);
        Assert.True(data.OfClass(1).mean([0]).max().item<float>() < -0.3);
        var start = Fractal.Sample(100, Key).Points;
        Assert.True(start.equal(data.Points.narrow(0, 0, 200)).all().item<bool>());
    }

    [Fact]
    public void Samples_of_the_fractal_have_the_density_that_it_claims()
    {
        using var mixture = Fractal.Mixture(ScalarType.Float64);
        var labels = arange(20_000, ScalarType.Int64).remainder(2);
        // E[score] = 0 and E[score · x] = -D for every smooth density (integration by parts)
        var x = mixture.Sample(labels, Key);
        var level = new NoiseLevel(0.9, 0.4);
        x = level.Mix(x, Key.At(1).Normal(0, 20_000, [2]).to(ScalarType.Float64));
        var score = mixture.Score(x, level, labels);
        var product = (score * x).sum(1);
        Assert.Equal(-2, product.mean().item<double>(), 5 * product.std().item<double>() / Math.Sqrt(20_000));
        Near.Absolute(zeros(2), score.mean([0]), 5 * score.std().item<double>() / Math.Sqrt(20_000));
    }
}
