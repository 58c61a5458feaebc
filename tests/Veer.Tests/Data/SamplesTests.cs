using TorchSharp;
using Veer.Data;
using Veer.Formats;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Data;

public sealed class SamplesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose()
    {
        scope.Dispose();
        folder.Dispose();
    }

    /// <summary>pandas writes 0,1,2 above columns that have no names.</summary>
    [Theory]
    [InlineData("0,1,2\n0.5,1,2\n1,2,3\n", 2)]
    [InlineData("0,1\n1,0\n0,1\n", 3)]
    [InlineData("0,1\n", 1)]
    [InlineData("0,1\n0.5,1.5\n", 2)]
    [InlineData("0.0,1.0,2.0\n0.5,1.5,2.5\n", 2)]
    public void Numbers_of_columns_above_other_numbers_are_a_header(string text, int rows)
    {
        File.WriteAllText(folder.File("a.csv"), text);
        var read = Samples.Read(folder.File("a.csv"));
        Assert.Equal(rows, read.Data.Count);
        // a row that is none is told of
        Assert.Equal(text.TrimEnd().Split('\n').Length - rows, read.Notes.Count);
    }

    /// <summary>Images as numbers: whatever their type, axes and range, pixels come out in [-1, 1] and go back in as they were.</summary>
    [Theory]
    [InlineData("Byte", "last", 0, 255, PixelRange.Bytes)]
    [InlineData("Byte", "first", 0, 255, PixelRange.Bytes)]
    [InlineData("Byte", "none", 0, 255, PixelRange.Bytes)]
    [InlineData("Int64", "last", 0, 255, PixelRange.Bytes)]
    [InlineData("Float32", "first", 0, 1, PixelRange.Unit)]
    [InlineData("Float64", "first", -1, 1, PixelRange.Symmetric)]
    [InlineData("Float16", "none", -1, 1, PixelRange.Symmetric)]
    [InlineData("Float32", "last", 0, 255, PixelRange.Bytes)]
    public void Images_as_numbers_are_read_by_their_range_and_written_as_they_came(string type, string axes, double low, double high, PixelRange range)
    {
        long[] shape = axes switch { "last" => [4, 5, 6, 3], "first" => [4, 3, 5, 6], _ => [4, 5, 6] };
        var values = (arange(shape.Aggregate((a, b) => a * b), ScalarType.Float64).reshape(shape) % 7 / 6 * (high - low) + low).to(Enum.Parse<ScalarType>(type));
        string file = folder.File("a.npz"), back = folder.File("b.npz");
        Npz.Write(file, new Dictionary<string, Tensor> { ["samples"] = values, ["y"] = tensor(new short[] { 1, 0, 1, 2 }) });
        var samples = Samples.Read(file);
        Assert.Equal((range, true, true, 3), (samples.Range, samples.IsImages, samples.Labelled, samples.Data.Classes));
        Assert.Equal(axes == "none" ? [4, 1, 5, 6] : [4, 3, 5, 6], samples.Data.Points.shape);
        Assert.Equal((-1f, 1f), (samples.Data.Points.min().item<float>(), samples.Data.Points.max().item<float>()));
        samples.CheckTarget(back);
        samples.Write(back, samples.Data.Points);
        var written = Npz.Read(back);
        Assert.Equal(["samples", "y"], written.Keys.Order(StringComparer.Ordinal));
        Assert.True(AnyTensor.Same(tensor(new short[] { 1, 0, 1, 2 }), written["y"]));
        Assert.Equal((values.dtype, string.Join(",", shape)), (written["samples"].dtype, string.Join(",", written["samples"].shape)));
        Near.Absolute(values.to(ScalarType.Float64), written["samples"].to(ScalarType.Float64), 1e-6 * (high - low));
    }

    [Theory]
    [InlineData("a.npz")]
    [InlineData("a.npy")]
    [InlineData("a.safetensors")]
    public void Vectors_are_read_and_written_as_they_came(string name)
    {
        string file = folder.File(name), back = folder.File("b" + name);
        var points = tensor(new[] { 0.1, 2, -3, 4e5, 5, 6 }).reshape(3, 2);
        if (name == "a.npy") Npy.Write(file, points);
        else if (name == "a.npz") Npz.Write(file, new Dictionary<string, Tensor> { ["points"] = points });
        else Safetensors.Write(file, new Dictionary<string, Tensor> { ["z"] = points });
        var samples = Samples.Read(file);
        Assert.Equal((false, false, 1), (samples.IsImages, samples.Labelled, samples.Data.Classes));
        Assert.True(AnyTensor.Same(points.to(ScalarType.Float32), samples.Data.Points));
        samples.Write(back, samples.Data.Points + 1);
        var again = Samples.Read(back);
        Assert.Equal(samples.Format, again.Format);
        Assert.True(AnyTensor.Same(points.to(ScalarType.Float32) + 1, again.Data.Points));
        if (name == "a.npy") Assert.Equal(ScalarType.Float64, Npy.Read(back).dtype);
    }

    /// <summary>A JPEG is one whatever its name says.</summary>
    [Theory]
    [InlineData("1.jpg")]
    [InlineData("1.png")]
    public void A_jpeg_is_told_by_what_it_holds(string name)
    {
        Directory.CreateDirectory(folder.File("images"));
        File.WriteAllBytes(folder.File($"images/{name}"), JpegFile.Flat(4, 4, 10));
        Assert.True(Samples.Read(folder.File("images")).Lossy);
    }

    [Fact]
    public void A_dataset_zip_keeps_names_labels_and_pixels()
    {
        string file = SampleImages.Zip(folder.File("a.zip")), back = folder.File("b.zip");
        var samples = Samples.Read(file);
        samples.Write(back, samples.Data.Points);
        using var before = new ZipImages(file, default);
        using var after = new ZipImages(back, default);
        Assert.Equal(before.Names, after.Names);
        Same(samples, Samples.Read(back));
    }

    [Fact]
    public void A_class_folder_keeps_its_folders()
    {
        string path = SampleImages.Folder(folder.File("a"), channels: 1), back = folder.File("b");
        var samples = Samples.Read(path);
        samples.Write(back, samples.Data.Points);
        var again = Samples.Read(back);
        Assert.Equal(samples.ClassNames, again.ClassNames);
        Same(samples, again);
    }

    private static void Same(Samples a, Samples b)
    {
        Assert.Equal((a.Format, a.Labelled), (b.Format, b.Labelled));
        Assert.True(AnyTensor.Same(a.Data.Points, b.Data.Points));
        Assert.True(AnyTensor.Same(a.Data.Labels, b.Data.Labels));
    }
}
