using TorchSharp;
using Veer.ClosedForm;
using Veer.Diffusion;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.ClosedForm;

public sealed class MixtureDenoiserTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Theory]
    [InlineData(0L)]
    [InlineData(2L)]
    [InlineData((long)RandomMixture.Classes)]
    public void No_prediction_has_a_smaller_error_than_its_own(long label)
    {
        using var mixture = RandomMixture.Of(3, 2);
        var denoiser = new MixtureDenoiser(mixture);
        var level = new NoiseLevel(0.8, 0.6);
        var key = RandomKey.From(3, "denoise");
        var labels = full(20_000, label, ScalarType.Int64);
        var clean = mixture.Sample(labels, key).to(ScalarType.Float64);
        var x = level.Mix(clean, key.At(1).Normal(0, 20_000, [2]).to(ScalarType.Float64));
        var error = clean - denoiser.Predict(x, level, labels).Clean;

        // the error of a conditional mean is orthogonal to every function of x: here 1, x and |x|², within five standard errors
        Tensor[] functions = [ones_like(x), x, x.square().sum(1, keepdim: true).expand_as(x)];
        foreach (var function in functions)
        {
            var product = error * function;
            var deviation = product.mean([0]) / (product.std(0) / Math.Sqrt(20_000));
            Near.Absolute(zeros(2), deviation, 5);
        }
        Assert.Equal(RandomMixture.Classes, denoiser.Info.Classes);
    }
}
