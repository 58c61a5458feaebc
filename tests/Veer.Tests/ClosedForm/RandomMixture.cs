using Veer.ClosedForm;
using static TorchSharp.torch;

namespace Veer.Tests.ClosedForm;

/// <summary>Small mixtures with full covariances, drawn from a seed, and points around them.</summary>
internal static class RandomMixture
{
    public const int Classes = 3;
    private const long Components = 7;

    public static GaussianMixture Of(int seed, long dimensions)
    {
        using var scope = NewDisposeScope();
        var key = RandomKey.From(seed, "mixture");
        var weights = Normal(key.At(0), Components, 1).squeeze(1).exp();
        var means = Normal(key.At(1), Components, dimensions);
        var factors = Normal(key.At(2), Components, dimensions, dimensions) * 0.4;
        var covariances = factors.matmul(factors.transpose(1, 2)) + 0.02 * eye(dimensions, dtype: ScalarType.Float64);
        // out of order, so that sorting by class is seen
        return new GaussianMixture(weights, means, covariances, arange(Components, ScalarType.Int64).remainder(Classes));
    }

    public static Tensor Points(int seed, long count, long dimensions) => Normal(RandomKey.From(seed, "points"), count, dimensions) * 1.5;

    /// <summary>Every class and the null label in turn.</summary>
    public static Tensor Labels(long count) => arange(count, ScalarType.Int64).remainder(Classes + 1);

    private static Tensor Normal(RandomKey key, long count, params long[] shape) => key.Normal(0, count, shape).to(ScalarType.Float64);
}
