using TorchSharp;
using Veer.Data;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Data;

/// <summary>Images go to every format and come back to the bit; what cannot be finished leaves nothing.</summary>
public sealed class SampleWriteTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose()
    {
        scope.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("b.npz", 3)]
    [InlineData("b.safetensors", 3)]
    [InlineData("b.zip", 3)]
    [InlineData("b.zip", 1)]
    [InlineData("b", 3)]
    [InlineData("b/", 1)]
    [InlineData("b.bin", 3)]
    [InlineData("b-images-idx3-ubyte", 1)]
    [InlineData("b-images-idx3-ubyte.gz", 1)]
    public void Another_ending_takes_its_standard_layout(string name, int channels)
    {
        var samples = Samples.Read(SampleImages.Npz(folder.File("a.npz"), channels));
        string path = folder.File(name);
        samples.CheckTarget(path);
        samples.Write(path, samples.Data.Points);
        var again = Samples.Read(path);
        Assert.True(AnyTensor.Same(samples.Data.Points, again.Data.Points));
        Assert.True(AnyTensor.Same(samples.Data.Labels, again.Data.Labels));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path, "*.partial"));
    }

    [Theory]
    [InlineData("idx")]
    [InlineData("bin")]
    public void A_file_of_bytes_comes_out_as_it_was(string format)
    {
        string path = format == "idx" ? SampleImages.Idx(folder.File("x-images-idx3-ubyte")) : folder.File("x.bin", [.. SampleImages.CifarRecord(0), .. SampleImages.CifarRecord(6)]);
        string back = path.Replace("x", "y", StringComparison.Ordinal).Replace("idy", "idx", StringComparison.Ordinal);
        back = Path.Combine(folder.Path, Path.GetFileName(back));
        var samples = Samples.Read(path);
        samples.Write(back, samples.Data.Points);
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(back));
        if (format == "idx") Assert.Equal(File.ReadAllBytes(folder.File("x-labels-idx1-ubyte")), File.ReadAllBytes(folder.File("y-labels-idx1-ubyte")));
    }

    [Fact]
    public void Labels_of_other_images_are_not_replaced_and_each_image_file_has_its_own()
    {
        var samples = Samples.Read(SampleImages.Idx(folder.File("x-images-idx3-ubyte")));
        File.Move(folder.File("x-images-idx3-ubyte"), folder.File("y-images-idx3-ubyte"));
        Refusal.Of(() => samples.CheckTarget(folder.File("x-images-idx3-ubyte")), "x-labels-idx1-ubyte beside it: the labels of other images");
        // beside a plain pair a packed one: each is read with labels of its own kind
        SampleImages.Idx(folder.File("z-images-idx3-ubyte"));
        var other = samples.Relabelled(samples.Data with { Labels = samples.Data.Labels.flip(0) }, true, null);
        other.Write(folder.File("z-images-idx3-ubyte.gz"), other.Data.Points);
        Assert.True(AnyTensor.Same(other.Data.Labels, Samples.Read(folder.File("z-images-idx3-ubyte.gz")).Data.Labels));
        Assert.True(AnyTensor.Same(samples.Data.Labels, Samples.Read(folder.File("z-images-idx3-ubyte")).Data.Labels));
    }

    [Fact]
    public void Images_and_labels_are_replaced_together_or_not_at_all()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "no /dev/full here");
        string path = SampleImages.Idx(folder.File("x-images-idx3-ubyte"));
        byte[] labels = File.ReadAllBytes(folder.File("x-labels-idx1-ubyte"));
        var samples = Samples.Read(SampleImages.Npz(folder.File("a.npz"), channels: 1));
        File.CreateSymbolicLink(folder.File(".x-images-idx3-ubyte.partial"), "/dev/full");
        Assert.Throws<IOException>(() => samples.Relabelled(samples.Data with { Labels = samples.Data.Labels.flip(0) }, true, null).Write(path, samples.Data.Points));
        Assert.Equal(labels, File.ReadAllBytes(folder.File("x-labels-idx1-ubyte")));
        // a copy of the images alone would have no labels
        Assert.False(Samples.Read(path).WriteAsIs(folder.File("w-images-idx3-ubyte")));
    }

    [Fact]
    public void A_folder_of_jpeg_becomes_one_of_png_in_the_same_order()
    {
        string path = folder.File("a");
        Directory.CreateDirectory(Path.Combine(path, "cat"));
        Directory.CreateDirectory(Path.Combine(path, "ant"));
        File.WriteAllBytes(Path.Combine(path, "cat", "1.jpg"), JpegFile.Flat(4, 4, 10));
        File.WriteAllBytes(Path.Combine(path, "cat", "1.png"), PngFile.Of(4, 4, new byte[16]));
        File.WriteAllBytes(Path.Combine(path, "ant", "2.jpeg"), JpegFile.Flat(4, 4, 200));
        var samples = Samples.Read(path);
        Assert.True(samples.Lossy);
        samples.Write(folder.File("b"), samples.Data.Points);
        var again = Samples.Read(folder.File("b"));
        Assert.False(again.Lossy);
        Assert.Equal(["ant", "cat"], again.ClassNames!);
        Assert.True(AnyTensor.Same(samples.Data.Points, again.Data.Points));
    }

    [Theory]
    [InlineData("b.npz")]
    [InlineData("b.npy")]
    [InlineData("b.safetensors")]
    [InlineData("b.zip")]
    public void A_full_disk_leaves_what_was_there(string name)
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "no /dev/full here");
        var samples = Samples.Read(SampleImages.Npz(folder.File("a.npz"), labelled: false));
        string path = folder.File(name, [1, 2, 3]);
        File.CreateSymbolicLink(folder.File($".{name}.partial"), "/dev/full");
        Assert.Throws<IOException>(() => samples.Write(path, samples.Data.Points));
        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
    }

    [Fact]
    public void A_folder_that_cannot_be_finished_is_not_there()
    {
        var samples = Samples.Read(SampleImages.Npz(folder.File("a.npz")));
        string path = folder.File("b");
        string[] names = [.. Enumerable.Range(0, 7).Select(i => i == 4 ? new string('x', 300) + ".png" : $"{i}.png")];
        Assert.ThrowsAny<IOException>(() => new EncodedLayout(names, Described: true).Write(path, samples, samples.Data.Points));
        Assert.Equal(["a.npz"], Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void What_a_killed_writer_left_is_no_obstacle()
    {
        var samples = Samples.Read(SampleImages.Npz(folder.File("a.npz")));
        Directory.CreateDirectory(folder.File(".b.partial"));
        File.WriteAllBytes(Path.Combine(folder.File(".b.partial"), "old.png"), [1]);
        samples.Write(folder.File("b"), samples.Data.Points);
        Assert.Equal(7, Samples.Read(folder.File("b")).Data.Count);
    }

    [Fact]
    public void Points_of_another_shape_are_refused()
    {
        var samples = Samples.Read(SampleImages.Npz(folder.File("a.npz")));
        Assert.Throws<ArgumentException>(() => samples.Write(folder.File("b.npz"), samples.Data.Points.narrow(0, 0, 3)));
    }
}
