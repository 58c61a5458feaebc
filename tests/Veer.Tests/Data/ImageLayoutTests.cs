using System.IO.Compression;
using System.Text;
using Veer.Data;
using Veer.Tests.Formats;
using Xunit;

namespace Veer.Tests.Data;

/// <summary>Layouts that people and their tools make of the formats: read for what they are, or refused in one line.</summary>
public sealed class ImageLayoutTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("0 1 2 3 4 5 6 7 8 9 10", "0 1 2 3 4 5 6 7 8 9 10")]
    [InlineData("0 90 180 270", "0 90 180 270")]
    [InlineData("008 10 9 99999999999999999999999", "008 9 10 99999999999999999999999")]
    [InlineData("1 10 2b", "1 10 2b")]
    [InlineData("-1 1 10 9", "-1 1 10 9")]
    public void Class_folders_that_are_whole_numbers_are_in_the_order_of_these(string names, string expected)
    {
        foreach (string name in names.Split(' ')) Place(name + "/a.png", name.Length);
        var set = ImageData.Open(folder.Path).Part(null);
        Assert.Equal(expected.Split(' '), set.ClassNames!);
        // the byte of an image says how long the name of its folder is
        foreach (var batch in set.Read(1)) Assert.Equal(expected.Split(' ')[batch.Labels[0]].Length, batch.Pixels[0]);
    }

    [Theory]
    [InlineData("mine/")]
    [InlineData("a/b/")]
    [InlineData("./")]
    [InlineData("./mine/")]
    [InlineData("mine\\")]
    [InlineData(".\\mine\\")]
    public void A_zip_packed_with_what_is_around_it_has_its_labels(string outer)
    {
        Zip((outer + "0/a.png", Png(1)), (outer + "0/b.png", Png(2)), (outer + "dataset.json", Json("0/b.png", "0/a.png")), ("README.txt", [1]),
            ("__MACOSX/" + outer + "0/a.png", [0]), ("__MACOSX/dataset.json", [0]), (outer + "0/._a.png", [0]), (outer + ".DS_Store", [0]), (outer + "0/Thumbs.db", [0]));
        var set = ImageData.Open(folder.File("a.zip")).Part(null);
        Assert.Equal((2, 2, true), (set.Count, set.Classes, set.Labelled));
        var batch = Assert.Single(set.Read());
        Assert.Equal([1, 0], batch.Labels);
        Assert.Equal([1, 2], [batch.Image(0)[0], batch.Image(1)[0]]);
    }

    [Fact]
    public void Labels_that_do_not_see_all_images_are_refused()
    {
        Zip(("mine/0/a.png", Png(1)), ("mine/dataset.json", Json("0/a.png")), ("other.png", Png(2)));
        Refusal.Of(() => ImageData.Open(folder.File("a.zip")), "a.zip: mine/dataset.json: found labels below the root", "expected one dataset.json at the root");
        Place("set/mine/a.png", 1);
        Place("set/theirs/a.png", 1);
        File.WriteAllBytes(folder.File("set/mine/dataset.json"), Json("a.png"));
        Refusal.Of(() => ImageData.Open(folder.File("set")), "set: mine/dataset.json: found labels below the root");
    }

    [Fact]
    public void A_lone_outer_folder_is_entered_and_a_lone_class_is_not()
    {
        Place("outer/mine/0/a.png", 1);
        Place("outer/mine/0/b.png", 2);
        File.WriteAllBytes(folder.File("outer/mine/dataset.json"), Json("0/b.png", "0/a.png"));
        Directory.CreateDirectory(folder.File("outer/__MACOSX"));
        Assert.Equal(["dataset folder", "2"], Kinds("outer"));
        Place("deep/a/b/cat/1.png", 1);
        Place("deep/a/b/dog/1.png", 1);
        Assert.Equal(["image folder", "2"], Kinds("deep"));
        Place("one/cat/1.png", 1);
        Assert.Equal(["image folder", "1"], Kinds("one"));
        Assert.Equal(["cat"], ImageData.Open(folder.File("one")).Part(null).ClassNames!);
        SampleImages.Cifar(folder.File("packed/cifar"));
        Assert.Equal("CIFAR-10 binary", ImageData.Open(folder.File("packed")).Kind);
    }

    [Fact]
    public void Links_that_lead_back_are_not_followed_and_those_that_lead_elsewhere_are_once()
    {
        Place("set/cat/1.png", 1);
        Place("set/dog/1.png", 1);
        Place("elsewhere/owl/1.png", 1);
        Link("set/cat/again", "set/cat");
        Link("set/dog/up", "set");
        Link("set/loop", "set");
        Link("set/above", ".");
        Link("set/dog/lost", "nowhere");
        File.CreateSymbolicLink(folder.File("set/dog/2.png"), folder.File("set/cat/1.png"));
        Assert.Equal(["image folder", "2"], Kinds("set"));
        Assert.Equal(3, ImageData.Open(folder.File("set")).Part(null).Count);
        Link("set/owl", "elsewhere/owl");
        Link("set/owl/back", "set");
        Link("set/owl/twice", "elsewhere/owl");
        var set = ImageData.Open(folder.File("set")).Part(null);
        Assert.Equal(["cat", "dog", "owl"], set.ClassNames!);
        Assert.Equal(4, set.Count);
    }

    [Fact]
    public void A_folder_of_links_to_itself_is_listed_at_once_and_alone_it_is_no_data_set()
    {
        Directory.CreateDirectory(folder.File("self"));
        Link("self/a", "self");
        Link("self/b", "self");
        Refusal.Of(() => ImageData.Open(folder.File("self")), "self: folder: found an empty folder");
        Place("self/1.png", 1);
        Assert.Equal(1, ImageData.Open(folder.File("self")).Part(null).Count);
        Link("ping/to", "pong");
        Link("pong/to", "ping");
        Refusal.Of(() => ImageData.Open(folder.File("ping")), "folder: found folders in each other, 17 deep");
    }

    [Theory]
    [InlineData("cifar-10-batches-py/data_batch_1", "Python")]
    [InlineData("cifar-10-batches-py/batches.meta", "Python")]
    [InlineData("batches.meta", "Python")]
    [InlineData("around/cifar-10-batches-mat/batches.meta.mat", "MATLAB")]
    public void Another_version_of_cifar_is_called_by_its_name(string file, string version)
    {
        Place("set/" + file, 1);
        Refusal.Of(() => ImageData.Open(folder.File("set")), $"found CIFAR-10's {version} version, expected the binary version, cifar-10-binary.tar.gz");
    }

    [Fact]
    public void A_packed_python_version_and_an_encrypted_entry_are_called_by_their_names()
    {
        Refusal.Of(() => ImageData.Open(folder.File("cifar-10-python.tar.gz", [1])), "found CIFAR-10's Python version, expected the binary version");
        Refusal.Of(() => ImageData.Open(folder.File("train.bin", new byte[3074])), "found 3074 bytes, as CIFAR-100 has, expected whole records of 3073");
        Zip(("a.png", Png(1)));
        byte[] zip = File.ReadAllBytes(folder.File("a.zip"));
        int entry = zip.AsSpan().IndexOf("PK\x01\x02"u8);
        zip[entry + 8] |= 1; // general purpose bit 0 of the central directory
        Refusal.Of(() => ImageData.Open(folder.File("a.zip", zip)), "a.zip: a.png: found an encrypted entry, expected one without a password");
    }

    private string[] Kinds(string path)
    {
        var data = ImageData.Open(folder.File(path));
        return [data.Kind, $"{data.Part(null).Classes}"];
    }

    private static byte[] Png(byte value) => PngFile.Of(2, 2, value, value, value, value);

    private static byte[] Json(params string[] names) =>
        Encoding.UTF8.GetBytes($"{{\"labels\": [{string.Join(", ", names.Select((name, i) => $"[\"{name}\", {i}]"))}]}}");

    private void Place(string name, int value)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder.File(name))!);
        File.WriteAllBytes(folder.File(name), Png((byte)value));
    }

    private void Link(string name, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder.File(name))!);
        Directory.CreateSymbolicLink(folder.File(name), Path.GetFullPath(folder.File(target)));
    }

    private void Zip(params (string Name, byte[] Content)[] files)
    {
        using var zip = ZipFile.Open(folder.File("a.zip"), ZipArchiveMode.Create);
        foreach (var (name, content) in files)
        {
            using var entry = zip.CreateEntry(name).Open();
            entry.Write(content);
        }
    }
}
