using Veer.ClosedForm;
using Veer.Diffusion;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Guidance;

/// <summary>A closed form for every guidance: three overlapping classes in the plane, float64, with equal priors.</summary>
internal static class Blobs
{
    public const int Classes = 3;

    /// <param name="inflation">Factor on every covariance: a mixture above 1 is a blurred version of the one at 1.</param>
    public static GaussianMixture Mixture(double inflation = 1)
    {
        var means = tensor(new[] { -1.0, 0.4, 1, 0.7, 0.5, -1.2 }).reshape(Classes, 2);
        var covariances = tensor(new[] { 0.3, 0.1, 0.1, 0.2, 0.2, -0.05, -0.05, 0.1, 0.25, 0, 0, 0.4 }).reshape(Classes, 2, 2);
        return new(ones(Classes), means, covariances * inflation, arange(Classes, ScalarType.Int64), ScalarType.Float64);
    }

    public static MixtureDenoiser Denoiser(double inflation = 1) => new(Mixture(inflation));

    public static Tensor Points(long count) => RandomKey.From(1, "blobs").Normal(0, count, [2]).to(ScalarType.Float64) * 1.5;

    /// <summary>Every class in turn.</summary>
    public static Tensor Labels(long count) => arange(count, ScalarType.Int64).remainder(Classes);

    /// <summary>Both predictions equal each other to the bit.</summary>
    public static void Same(Prediction expected, Prediction found)
    {
        Assert.True(expected.Clean.eq(found.Clean).all().item<bool>());
        Assert.True(expected.Noise.eq(found.Noise).all().item<bool>());
    }
}

/// <summary>Remembers the size of every batch that it is asked for.</summary>
internal sealed class Counted(IDenoiser denoiser) : IDenoiser
{
    public List<long> Batches { get; } = [];

    public DenoiserInfo Info => denoiser.Info;

    public Prediction Predict(Tensor x, NoiseLevel level, Tensor label, PredictionContext? context = null)
    {
        Batches.Add(x.shape[0]);
        return denoiser.Predict(x, level, label, context);
    }
}
