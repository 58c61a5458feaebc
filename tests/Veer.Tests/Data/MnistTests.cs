using Veer.Data;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Data;

public sealed class MnistTests : IDisposable
{
    private const int Pixels = 28 * 28;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Bytes_become_points_from_minus_one_to_one_and_back()
    {
        byte[] pixels = [.. Enumerable.Range(0, 2 * Pixels).Select(i => (byte)i)];
        folder.File("train-images-idx3-ubyte.gz", IdxFile.Zip(IdxFile.Images(pixels, 2)));
        folder.File("train-labels-idx1-ubyte", IdxFile.Labels(9, 0));
        using var scope = NewDisposeScope();
        var data = Mnist.Load(folder.Path, train: true);
        Assert.Equal(2, scope.DisposablesCount);
        Assert.Equal([2, 1, 28, 28], data.Points.shape);
        Assert.Equal((ScalarType.Float32, ScalarType.Int64, 10), (data.Points.dtype, data.Labels.dtype, data.Classes));
        Assert.Equal([9L, 0L], data.Labels.data<long>().ToArray());
        Assert.Equal((-1f, 1f), (data.Points.min().item<float>(), data.Points.max().item<float>()));
        Assert.Equal(pixels, ((data.Points + 1) * 127.5).round().to(ScalarType.Byte).bytes.ToArray());
    }

    [Fact]
    public void The_test_images_are_other_files()
    {
        folder.File("t10k-images.idx3-ubyte", IdxFile.Images(new byte[3 * Pixels], 3));
        folder.File("t10k-labels.idx1-ubyte.gz", IdxFile.Zip(IdxFile.Labels(1, 2, 3)));
        Assert.Equal(3, Mnist.Load(folder.Path, train: false).Count);
        Refusal.Of(() => Mnist.Load(folder.Path, train: true), folder.Path, "no train-images-idx3-ubyte.gz; put train-images-idx3-ubyte.gz or");
    }

    [Fact]
    public void Files_that_do_not_fit_are_refused()
    {
        folder.File("train-images-idx3-ubyte", IdxFile.Images(new byte[3 * Pixels], 3));
        folder.File("train-labels-idx1-ubyte", IdxFile.Labels(1, 2));
        Refusal.Of(
            () => Mnist.Load(folder.Path, train: true),
            "train-labels-idx1-ubyte: labels: found 2, expected 3, as many as train-images-idx3-ubyte has images");
        folder.File("train-labels-idx1-ubyte", IdxFile.Labels(1, 12, 13));
        Refusal.Of(() => Mnist.Load(folder.Path, train: true), "train-labels-idx1-ubyte: label 1: found 12, expected 0 to 9");
        folder.File("train-labels-idx1-ubyte", IdxFile.Labels(1, 2, 3));
        folder.File("train-images-idx3-ubyte", IdxFile.Images(new byte[3 * 4], 3, 2, 2));
        Refusal.Of(() => Mnist.Load(folder.Path, train: true), "images: found 2 x 2 pixels, expected 28 x 28");
        folder.File("train-images-idx3-ubyte", IdxFile.Images([], 0));
        folder.File("train-labels-idx1-ubyte", IdxFile.Labels());
        Refusal.Of(() => Mnist.Load(folder.Path, train: true), "images: found none, expected at least one");
    }

    [Theory]
    [InlineData(true, 60_000, new long[] { 5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949 })]
    [InlineData(false, 10_000, new long[] { 980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009 })]
    public void MNIST_is_read_whole(bool train, long count, long[] perClass)
    {
        string mnist = SharedData.Folder("mnist");
        using var scope = NewDisposeScope();
        var data = Mnist.Load(mnist, train);
        Assert.Equal([count, 1, 28, 28], data.Points.shape);
        Assert.Equal(perClass, data.Labels.bincount(null, minlength: 10).data<long>().ToArray());
    }
}
