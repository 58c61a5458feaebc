using CsCheck;
using Veer.Data;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Data;

public sealed class ImageDataTests : IDisposable
{
    private static readonly int[] InOrder = [.. Enumerable.Range(0, SampleImages.Count)];

    // img00000000 of 00000/, 00002 of 00000/, ..., then those of 00001/
    private static readonly int[] OrderInZip = [0, 2, 4, 6, 1, 3, 5];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string, int> Formats() => new() { { "idx", 1 }, { "zip", 1 }, { "zip", 3 }, { "npz", 1 }, { "npz", 3 }, { "folder", 1 }, { "folder", 3 } };

    [Theory]
    [MemberData(nameof(Formats))]
    public void Every_format_gives_its_bytes_and_labels(string format, int channels)
    {
        var data = ImageData.Open(Write(format, channels));
        var set = Assert.Single(data.Parts);
        Assert.Equal((SampleImages.Count, SampleImages.Classes, true, "images"), ((int)set.Count, set.Classes, set.Labelled, set.Part));
        Assert.Equal(new ImageShape(channels, SampleImages.Side, SampleImages.Side), set.Shape);
        var batch = Assert.Single(set.Read());
        int[] order = format == "zip" ? OrderInZip : format == "folder" ? [2, 3, 4, 5, 6, 0, 1] : InOrder;
        for (int i = 0; i < order.Length; i++) Assert.Equal(SampleImages.Pixels(order[i], channels), batch.Image(i).ToArray());
        // the folder's classes are numbered by their names, not as they were
        int[] renumbered = [2, 0, 1];
        Assert.Equal(order.Select(i => format == "folder" ? renumbered[SampleImages.Labels[i]] : SampleImages.Labels[i]), batch.Labels);
        Assert.Equal(format == "folder" ? ["Dog", "ant", "cat"] : null, set.ClassNames);
    }

    [Theory]
    [InlineData("idx", "IDX")]
    [InlineData("zip", "dataset zip")]
    [InlineData("npz", "sample batch (.npz)")]
    [InlineData("folder", "image folder")]
    [InlineData("cifar", "CIFAR-10 binary")]
    public void The_kind_is_a_registered_format(string format, string name)
    {
        Assert.Equal(name, ImageData.Open(Write(format, format == "idx" ? 1 : 3)).Kind);
        Assert.Single(ImageFormat.All, known => known.Name == name);
    }

    [Theory]
    [InlineData("idx")]
    [InlineData("zip")]
    [InlineData("npz")]
    [InlineData("folder")]
    [InlineData("cifar")]
    public void Batches_of_any_size_give_the_same_images(string format)
    {
        var set = ImageData.Open(Write(format, format == "idx" ? 1 : 3)).Parts[0];
        var whole = Assert.Single(set.Read());
        Gen.Int[1, SampleImages.Count + 1].SampleFixed(size =>
        {
            var batches = set.Read(size).ToList();
            Assert.All(batches.SkipLast(1), batch => Assert.Equal(size, batch.Count));
            Assert.Equal(whole.Pixels, batches.SelectMany(batch => batch.Pixels));
            Assert.Equal(whole.Labels, batches.SelectMany(batch => batch.Labels));
        }, iter: 10);
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Read(0));
    }

    [Fact]
    public void Cifar_files_are_joined_and_their_planes_become_pixels()
    {
        var data = ImageData.Open(Write("cifar", 3));
        Assert.Equal(["train", "test"], data.Parts.Select(part => part.Part));
        var train = Assert.Single(data.Part(true).Read());
        Assert.Equal(InOrder.SelectMany(i => SampleImages.Pixels(i, 3)), train.Pixels);
        Assert.Equal(SampleImages.Labels, train.Labels);
        Assert.Equal([2, 0], Assert.Single(data.Part(false).Read()).Labels);
        Assert.Equal("horse", data.Parts[0].ClassNames![7]);
        Assert.Equal(2, ImageData.Load(folder.File("cifar/test_batch.bin"), cancellation: TestContext.Current.CancellationToken).Count);
        // as the published archive unpacks
        Directory.CreateDirectory(folder.File("cifar10"));
        Directory.Move(folder.File("cifar"), folder.File("cifar10/cifar-10-batches-bin"));
        Assert.Equal(2, ImageData.Load(folder.File("cifar10"), train: false, cancellation: TestContext.Current.CancellationToken).Count);
    }

    [Fact]
    public void Loading_gives_points_from_minus_one_to_one_channels_first()
    {
        string path = Write("npz", 3);
        using var scope = NewDisposeScope();
        var data = ImageData.Load(path, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(2, scope.DisposablesCount);
        Assert.Equal([SampleImages.Count, 3, SampleImages.Side, SampleImages.Side], data.Points.shape);
        Assert.Equal((ScalarType.Float32, ScalarType.Int64, SampleImages.Classes), (data.Points.dtype, data.Labels.dtype, data.Classes));
        Assert.Equal(SampleImages.Labels.Select(label => (long)label), data.Labels.data<long>().ToArray());
        Assert.Equal((-1f, 1f), (data.Points.min().item<float>(), data.Points.max().item<float>()));
        var back = ((data.Points + 1) * 127.5).round().to(ScalarType.Byte).permute(0, 2, 3, 1).contiguous();
        Assert.Equal(InOrder.SelectMany(i => SampleImages.Pixels(i, 3)), back.bytes.ToArray());
    }

    [Theory]
    [InlineData("npz")]
    [InlineData("zip-null")]
    [InlineData("zip-nothing")]
    [InlineData("folder")]
    public void Images_without_labels_are_one_class(string format)
    {
        string path = folder.File("unlabelled." + format[..3]);
        if (format == "npz") SampleImages.Npz(path, labelled: false);
        else if (format == "folder") File.WriteAllBytes(Path.Combine(Directory.CreateDirectory(path).FullName, "a.png"), SampleImages.Png(0));
        else SampleImages.Zip(path, format == "zip-null" ? """{"labels": null}""" : null);
        var set = ImageData.Open(path).Parts[0];
        Assert.Equal((false, 1), (set.Labelled, set.Classes));
        using var data = set.Load(cancellation: TestContext.Current.CancellationToken).Labels;
        Assert.All(data.data<long>().ToArray(), label => Assert.Equal(0, label));
    }

    [Theory]
    [InlineData("set-train.zip", "set-test.zip", "dataset zips")]
    [InlineData("train", "val", "image folders")]
    public void Two_sets_that_say_so_are_the_training_and_the_test_images(string train, string test, string kind)
    {
        string both = folder.File("both");
        Directory.CreateDirectory(both);
        foreach (string name in (string[])[train, test])
        {
            if (kind == "dataset zips") SampleImages.Zip(Path.Combine(both, name));
            else SampleImages.Folder(Path.Combine(both, name));
        }
        var data = ImageData.Open(both);
        Assert.Equal(kind, data.Kind);
        Assert.Equal(Path.Combine(both, train), data.Part(true).Path);
        Assert.Equal(Path.Combine(both, test), data.Part(false).Path);
        Refusal.Of(() => data.Part(null), $"{both}: parts: found train and test, expected one only");
    }

    [Fact]
    public void A_folder_with_dataset_json_is_an_unpacked_zip()
    {
        System.IO.Compression.ZipFile.ExtractToDirectory(SampleImages.Zip(folder.File("a.zip")), folder.File("unpacked"));
        var data = ImageData.Open(folder.File("unpacked"));
        Assert.Equal("dataset folder", data.Kind);
        Assert.Equal(OrderInZip.Select(i => SampleImages.Labels[i]), Assert.Single(data.Parts[0].Read()).Labels);
    }

    [Fact]
    public void Reading_is_a_stream_that_meets_a_fault_only_when_it_comes_there()
    {
        string zip = SampleImages.Zip(folder.File("a.zip"), json: null, more: ("99999/last.png", SampleImages.Png(0)[..^40]));
        using var batches = ImageData.Open(zip).Parts[0].Read(1).GetEnumerator();
        for (int i = 0; i < SampleImages.Count; i++) Assert.True(batches.MoveNext());
        Refusal.Of(() => batches.MoveNext(), "a.zip: 99999/last.png: found a damaged image");
    }

    private string Write(string format, int channels) => format switch
    {
        "idx" => SampleImages.Idx(folder.File("some-images-idx3-ubyte")),
        "zip" => SampleImages.Zip(folder.File("set.zip"), channels: channels),
        "npz" => SampleImages.Npz(folder.File("batch.npz"), channels),
        "cifar" => SampleImages.Cifar(folder.File("cifar")),
        _ => SampleImages.Folder(folder.File("images"), channels),
    };
}
