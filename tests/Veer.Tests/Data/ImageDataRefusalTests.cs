using System.IO.Compression;
using System.Text;
using CsCheck;
using Veer.Data;
using Veer.Tests.Formats;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Data;

/// <summary>Images that cannot be used: one line says what is wrong and where.</summary>
public sealed class ImageDataRefusalTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_is_no_data_set_is_refused()
    {
        Refused(folder.File("nowhere"), "nowhere: path: found no such file or folder, expected images, or one of the names cifar10, fashion-mnist, mnist");
        Refused(folder.File("text.txt", "just text"u8.ToArray()), "text.txt: file: found bytes 6a757374..., expected IDX images, ");
        Refused(folder.File("cifar-10-binary.tar.gz", [0x1F, 0x8B]), "found a packed archive, expected the folder that it unpacks to");
        Refused(folder.File("no.zip", "just text"u8.ToArray()), "no.zip: file: found no zip, or one cut short");
        Refused(folder.File("no.npz", "just text"u8.ToArray()), "no.npz: file: found no zip, or one cut short");
    }

    [Fact]
    public void An_empty_folder_and_one_with_other_files_are_refused()
    {
        Refused(Directory.CreateDirectory(folder.File("empty")).FullName, "empty: folder: found an empty folder, expected IDX images, ");
        folder.File(Path.Combine("empty", "notes.txt"), []);
        Refused(folder.File("empty"), "empty: folder: found notes.txt and no images");
        string images = SampleImages.Folder(folder.File("images"));
        Directory.CreateDirectory(Path.Combine(images, "zebra"));
        Refused(images, "images: zebra: found no PNG or JPEG, expected at least one image of each class");
        File.WriteAllBytes(Path.Combine(images, "stray.png"), SampleImages.Png(0));
        Refused(images, "images: stray.png: found an image beside folders of images");
        using (ZipFile.Open(folder.File("empty.zip"), ZipArchiveMode.Create))
        {
            // no entries
        }
        Refused(folder.File("empty.zip"), "empty.zip: images: found none, expected at least one PNG or JPEG");
    }

    [Fact]
    public void Parts_of_a_data_set_are_no_classes()
    {
        foreach (string part in (string[])["train", "val", "test"]) SampleImages.Folder(folder.File($"data/{part}"));
        Refused(folder.File("data"), "data: folders: found test, train, val, parts of a data set, expected one for each class, or one for training and one for tests: name one of these, as ");
    }

    [Fact]
    public void A_broken_idx_file_is_refused()
    {
        string images = SampleImages.Idx(folder.File("train-images-idx3-ubyte"));
        byte[] whole = File.ReadAllBytes(images), zipped = IdxFile.Zip(whole);
        File.WriteAllBytes(images, whole[..^1]);
        Refused(images, "train-images-idx3-ubyte: file: found a file that breaks off, expected whole IDX images");
        File.WriteAllBytes(images, whole[..^100]);
        Refused(images, "train-images-idx3-ubyte: file: found a file of 7084 bytes, expected 7 x 32 x 32 elements, as its header says");
        File.WriteAllBytes(images, zipped[..^100]);
        Refused(images, "train-images-idx3-ubyte: file: found a file that breaks off");
        File.WriteAllBytes(images, [.. whole, 1]);
        Refused(images, "found bytes after the last element");
        File.WriteAllBytes(images, [0, 0, 8, 9, .. whole[4..]]);
        Refused(images, "found magic number 2057, expected 2051 (IDX images)");
        File.WriteAllBytes(images, whole);
        string labels = folder.File("train-labels-idx1-ubyte", IdxFile.Labels(0, 1, 2, 3, 10, 5, 6));
        Refused(images, "train-labels-idx1-ubyte: label 4: found 10, expected 0 to 9");
        File.Delete(labels);
        Refused(images, "no train-labels-idx1-ubyte.gz; put train-labels-idx1-ubyte.gz or its unpacked train-labels-idx1-ubyte there");
        SampleImages.Idx(folder.File("train-images-idx3-ubyte"));
        Refused(folder.Path, "train-images-idx3-ubyte: images: found 32 x 32 pixels, expected 28 x 28");
        File.WriteAllBytes(images, IdxFile.Images(new byte[28 * 28], 1));
        File.WriteAllBytes(labels, IdxFile.Labels(0));
        Refused(folder.Path, "no t10k-images-idx3-ubyte.gz; put t10k-images-idx3-ubyte.gz or");
    }

    [Fact]
    public void Broken_cifar_files_are_refused()
    {
        string cifar = SampleImages.Cifar(folder.File("cifar"));
        string last = Path.Combine(cifar, "data_batch_5.bin");
        byte[] whole = File.ReadAllBytes(last);
        File.WriteAllBytes(last, whole[..^1]);
        Refused(cifar, "data_batch_5.bin: file: found 9218 bytes, expected whole records of 3073 bytes, at least one");
        whole[3073] = 10;
        File.WriteAllBytes(last, whole);
        Refused(cifar, "data_batch_5.bin: label 1: found 10, expected 0 to 9");
        File.Delete(last);
        Refused(cifar, "data_batch_5.bin: file: found no such file");
    }

    [Theory]
    [InlineData("../evil.png", "zip: entry: found ../evil.png, expected a relative path that stays inside the archive")]
    [InlineData("/evil.png", "zip: entry: found /evil.png, expected a relative path")]
    [InlineData("00000/img00000000.png", "zip: 00000/img00000000.png: found two files of this name, expected one")]
    public void Names_that_a_zip_may_not_have_are_refused(string name, string message) =>
        Refused(SampleImages.Zip(folder.File("a.zip"), more: (name, SampleImages.Png(0))), message);

    [Fact]
    public void An_image_of_another_kind_is_refused_by_its_name()
    {
        Check(PngFile.Of(16, 16, new byte[3 * 16 * 16]), "found 16 x 16 pixels in colour, expected 32 x 32 pixels in colour, as 00000/img00000000.png has");
        Check(SampleImages.Png(0, channels: 1), "found 32 x 32 pixels in grey, expected 32 x 32 pixels in colour");
        Check(PngFile.Make(32, 32, PngFile.Rgb, 16, new byte[6 * 32 * 32]), "found a PNG of 16 bits a channel, expected 8 bits a channel");
        Check("GIF89a"u8.ToArray(), "found other bytes, expected a PNG or JPEG image");

        void Check(byte[] image, string message)
        {
            File.Delete(folder.File("a.zip"));
            Refused(SampleImages.Zip(folder.File("a.zip"), json: null, more: ("9/odd.jpg", image)), "a.zip: 9/odd.jpg: " + message);
            string images = SampleImages.Folder(folder.File("images"));
            File.WriteAllBytes(Path.Combine(images, "cat", "odd.jpg"), image);
            Refused(images, "images: cat/odd.jpg: " + message.Split(", as")[0]);
        }
    }

    [Theory]
    [InlineData("""{"labels": [""", "a.zip: dataset.json: found broken JSON")]
    [InlineData("""{"labels": [["00000/img00000000.png", 1]]}""", "a.zip: dataset.json: found no label for 00000/img00000002.png")]
    [InlineData("""{"labels": [["x.png", 1]]}""", "a.zip: dataset.json: found a label for x.png")]
    public void A_dataset_json_that_does_not_fit_is_refused(string json, string message) =>
        Refused(SampleImages.Zip(folder.File("a.zip"), json), message);

    [Fact]
    public void A_zip_entry_that_claims_an_absurd_size_is_refused()
    {
        string path = SampleImages.Zip(folder.File("a.zip"), json: null, more: ("99999/last.png", SampleImages.Png(0)));
        byte[] zip = File.ReadAllBytes(path);
        int record = zip.AsSpan().LastIndexOf("PK\x01\x02"u8);
        BitConverter.TryWriteBytes(zip.AsSpan(record + 24), 4_000_000_000u);
        File.WriteAllBytes(path, zip);
        Refused(path, "a.zip: 99999/last.png: found ", "packed bytes for 4000000000, expected an entry that fits its file");
    }

    [Fact]
    public void An_npz_that_promises_a_hundred_gigabytes_is_refused_before_memory_is_taken()
    {
        byte[] header = NpyOf("(40000000, 32, 32, 3)");
        using (var zip = ZipFile.Open(folder.File("huge.npz"), ZipArchiveMode.Create))
        {
            using var entry = zip.CreateEntry("arr_0.npy").Open();
            entry.Write(header);
            entry.Write(new byte[3072]);
        }
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refused(folder.File("huge.npz"), "huge.npz: arr_0: found 3072 bytes of elements, expected 122880000000, as the header's shape and type say");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000_000);
    }

    [Fact]
    public void An_npz_of_something_else_is_refused()
    {
        var images = zeros([2, 4, 4, 3], ScalarType.Byte);
        var labels = arange(2, ScalarType.Int64);
        Check("a.npz: arrays: found x, expected one named arr_0", ("x", images));
        Check("a.npz: arr_0: found type float32, expected uint8", ("arr_0", images.to(ScalarType.Float32)));
        Check("a.npz: arr_0: found shape [2, 48], expected [N, height, width, channels] with 1 or 3 channels", ("arr_0", images.reshape(2, 48)));
        Check("a.npz: arr_0: found shape [2, 3, 4, 4]", ("arr_0", images.reshape(2, 3, 4, 4)));
        Check("a.npz: arr_0: found shape [0, 4, 4, 3], expected at least one image", ("arr_0", images[..0]));
        Check("a.npz: arr_1: found 1 labels, expected 2, one for each image of arr_0", ("arr_0", images), ("arr_1", labels[..1]));
        Check("a.npz: arr_1: found type float32, expected integers", ("arr_0", images), ("arr_1", labels.to(ScalarType.Float32)));
        Check("a.npz: arr_1[1]: found label -1, expected 0 to 999999", ("arr_0", images), ("arr_1", -labels));
        Check("a.npz: arr_1[0]: found label 9223372036854775807", ("arr_0", images), ("arr_1", long.MaxValue - labels));

        void Check(string message, params (string Name, Tensor Array)[] arrays)
        {
            Veer.Formats.Npz.Write(folder.File("a.npz"), arrays.ToDictionary(array => array.Name, array => array.Array));
            Refused(folder.File("a.npz"), message);
        }
    }

    [Fact]
    public void Parts_that_do_not_fit_each_other_are_refused()
    {
        SampleImages.Zip(folder.File("train.zip"), channels: 3);
        Check("test.zip: images: found 1 x 32 x 32, expected 3 x 32 x 32, as in ", () => SampleImages.Zip(folder.File("test.zip"), channels: 1));
        Check("test.zip: labels: found no labels, expected labels, as in ", () => SampleImages.Zip(folder.File("test.zip"), json: null));
        string json = "{\"labels\": [" + string.Join(", ", Enumerable.Range(0, SampleImages.Count).Select(i => $"[\"0000{i % 2}/img{i:d8}.png\", {i}]")) + "]}";
        Check("test.zip: labels: found label 6, expected 0 to 2, as in ", () => SampleImages.Zip(folder.File("test.zip"), json));

        void Check(string message, Action write)
        {
            write();
            Refused(folder.Path, message);
            File.Delete(folder.File("test.zip"));
        }
    }

    [Theory]
    [InlineData("a.zip")]
    [InlineData("a.npz")]
    [InlineData("some-images-idx3-ubyte.gz")]
    public void Any_changed_byte_is_refused_in_one_line_or_changes_little(string name)
    {
        string path = folder.File(name);
        if (name == "a.zip") SampleImages.Zip(path);
        else if (name == "a.npz") SampleImages.Npz(path);
        else File.WriteAllBytes(path, IdxFile.Zip(File.ReadAllBytes(SampleImages.Idx(folder.File(Path.GetFileNameWithoutExtension(name))))));
        byte[] whole = File.ReadAllBytes(path);
        // most of a file is pixels: every second change is in the directory at the end
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Int[1, Math.Min(whole.Length, 1200)], Gen.Bool, Gen.Byte[1, 255]).SampleFixed(drawn =>
        {
            var (anywhere, fromEnd, atEnd, change) = drawn;
            byte[] bytes = [.. whole];
            bytes[atEnd ? whole.Length - fromEnd : anywhere] ^= change;
            File.WriteAllBytes(path, bytes);
            try
            {
                ImageSummary.Create(ImageData.Open(path).Parts[0]);
            }
            catch (InputException refusal)
            {
                Assert.DoesNotContain('\n', refusal.Message);
            }
        }, iter: 150);
    }

    private static byte[] NpyOf(string shape)
    {
        string header = $"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header)];
    }

    /// <summary>Opening and reading whole: some faults are met only on the way.</summary>
    private static void Refused(string path, params string[] message) => Refusal.Of(() =>
    {
        foreach (var part in ImageData.Open(path).Parts) ImageSummary.Create(part);
    }, message);
}
