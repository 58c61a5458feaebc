using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests;

/// <summary>Closeness of tensors, compared in float64; a NaN anywhere fails.</summary>
internal static class Near
{
    public static void Absolute(Tensor expected, Tensor actual, double tolerance) =>
        Below((expected.to(ScalarType.Float64) - Like(expected, actual)).abs(), tolerance);

    /// <summary>Largest difference, relative to the largest expected value.</summary>
    public static void LargestValue(Tensor expected, Tensor actual, double tolerance) =>
        Absolute(expected, actual, tolerance * expected.abs().max().to(ScalarType.Float64).item<double>());

    /// <summary>Largest distance between rows.</summary>
    public static void Distance(Tensor expected, Tensor actual, double tolerance) =>
        Below((expected.to(ScalarType.Float64) - Like(expected, actual)).norm(1), tolerance);

    /// <summary>Largest distance between rows, relative to the longest expected row.</summary>
    public static void LargestNorm(Tensor expected, Tensor actual, double tolerance) =>
        Distance(expected, actual, tolerance * expected.norm(1).max().to(ScalarType.Float64).item<double>());

    private static Tensor Like(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        return actual.to(ScalarType.Float64);
    }

    private static void Below(Tensor difference, double tolerance)
    {
        if (difference.numel() == 0) return;
        double worst = difference.max().to(ScalarType.Float64).item<double>();
        Assert.True(worst <= tolerance, $"largest difference {worst:g3}, tolerance {tolerance:g3}");
    }
}
