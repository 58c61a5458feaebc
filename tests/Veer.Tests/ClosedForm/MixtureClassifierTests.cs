using TorchSharp;
using Veer.ClosedForm;
using Veer.Diffusion;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.ClosedForm;

public sealed class MixtureClassifierTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Theory]
    [InlineData(1, 1, 1, 0)]
    [InlineData(2, 2, 1, 0.3)]
    [InlineData(3, 3, 0.5, 0.8)]
    public void Gradient_is_that_of_the_log_probability_and_the_difference_of_two_scores(int seed, long dimensions, double a, double b)
    {
        using var mixture = RandomMixture.Of(seed, dimensions);
        var classifier = new MixtureClassifier(mixture);
        var x = RandomMixture.Points(seed, 30, dimensions).requires_grad_();
        var label = arange(30, ScalarType.Int64).remainder(RandomMixture.Classes);
        var level = new NoiseLevel(a, b);
        var log = classifier.LogProbability(x, level);
        var expected = autograd.grad([log.gather(1, label.unsqueeze(1)).sum()], [x])[0];
        var found = classifier.LogProbabilityGradient(x.detach(), level, label);
        var scores = mixture.Score(x.detach(), level, label) - mixture.Score(x.detach(), level, full_like(label, RandomMixture.Classes));

        Near.LargestValue(expected, found, 1e-10);
        Near.LargestValue(scores, found, 1e-10);
        Near.Absolute(ones(30), log.exp().sum(1), 1e-12);
        Assert.Equal(RandomMixture.Classes, classifier.Classes);
    }

    [Fact]
    public void Pure_noise_says_nothing_but_the_priors()
    {
        var classes = arange(4, ScalarType.Int64).clamp_max(1);
        using var mixture = new GaussianMixture(ones(4), RandomMixture.Points(2, 4, 2), eye(2).expand(4, 2, 2), classes);
        var classifier = new MixtureClassifier(mixture);
        var x = RandomMixture.Points(1, 5, 2);
        var probability = classifier.LogProbability(x, new NoiseLevel(0, 1)).exp();
        Near.Absolute(full(5, 0.25), probability.select(1, 0), 1e-12);
        Near.Absolute(full(5, 0.75), probability.select(1, 1), 1e-12);
        Near.Absolute(zeros_like(x), classifier.LogProbabilityGradient(x, new NoiseLevel(0, 1), zeros(5, ScalarType.Int64)), 1e-12);
    }

    [Fact]
    public void A_certain_class_keeps_its_digits_in_float32()
    {
        // p(other class given x) is e^-40 at x = 20: the difference of two scores would be rounding
        using var mixture = new GaussianMixture(ones(2), tensor(new[] { 1.0, -1 }).reshape(2, 1), ones(2, 1, 1), tensor(new[] { 0L, 1 }));
        var classifier = new MixtureClassifier(mixture);
        var gradient = classifier.LogProbabilityGradient(full([1, 1], 20f), NoiseLevel.Clean, zeros(1, ScalarType.Int64));
        double expected = 2 * Math.Exp(-40) / (1 + Math.Exp(-40));
        Near.Absolute(full([1, 1], expected), gradient, 1e-5 * expected);
    }
}
