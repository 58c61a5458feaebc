using Veer.Data;
using Veer.Models;
using Veer.Networks;
using Veer.Runtime;
using static TorchSharp.torch;

namespace Veer.Benchmarks.SideBySide;

/// <summary>The UNet of the rows, and images of MNIST's size for it.</summary>
internal static class UNetImages
{
    public const int Batch = 64;

    private const int Blocks = 1, Labels = Mnist.Classes + 1;

    public static ConditionalNetwork Network(int channels, Precision precision = Precision.Float32) => ModelFolder.Create(
        new AdmUNetOptions { Channels = channels, ResidualBlocks = Blocks, ImageChannels = 1, Labels = Labels }, RandomKey.From(0, "benchmark-unet"), precision: precision);

    /// <summary>The same network in TorchSharp alone.</summary>
    public static PlainUNet Plain(int channels) => new(channels, Blocks, Labels);

    /// <summary>Normal numbers for images.</summary>
    public static LabeledData Drawn(long count) =>
        new(Arrays.Normal("images", count, Mnist.Side * Mnist.Side).reshape(count, 1, Mnist.Side, Mnist.Side), arange(count, ScalarType.Int64).remainder(Mnist.Classes), Mnist.Classes);
}
