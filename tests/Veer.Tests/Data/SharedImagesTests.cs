using Veer.Data;
using Xunit;

namespace Veer.Tests.Data;

/// <summary>Real images, where they are at hand.</summary>
public sealed class SharedImagesTests
{
    [Fact]
    public void Mnist_has_its_known_counts()
    {
        var data = ImageData.Open(SharedData.Folder("mnist"));
        Assert.Equal("IDX", data.Kind);
        Assert.Equal([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949], ImageSummary.Create(data.Part(true), cancellation: TestContext.Current.CancellationToken).PerClass);
        Assert.Equal([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009], ImageSummary.Create(data.Part(false), cancellation: TestContext.Current.CancellationToken).PerClass);
    }

    [Fact]
    public void Cifar_photographs_are_read_from_their_zips()
    {
        var data = ImageData.Open(SharedData.Folder("cifar10"));
        Assert.Equal(("dataset zips", 50_000, 10_000), (data.Kind, data.Parts[0].Count, data.Parts[1].Count));
        Assert.Equal(new ImageShape(3, 32, 32), data.Parts[0].Shape);
        var batch = data.Part(false).Read(500).First();
        Assert.Equal(10, batch.Labels.Distinct().Count());
        // photographs in [0, 255]: the published mean of CIFAR-10 is 0.4914, 0.4822, 0.4465 (red, green, blue), its deviation 0.25
        double[] published = [0.4914, 0.4822, 0.4465];
        for (int channel = 0; channel < 3; channel++)
        {
            double mean = batch.Pixels.Where((_, i) => i % 3 == channel).Average(pixel => pixel / 255.0);
            Assert.InRange(mean, published[channel] - 0.03, published[channel] + 0.03);
        }
    }
}
