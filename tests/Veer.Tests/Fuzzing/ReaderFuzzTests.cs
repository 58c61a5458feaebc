using Veer.Data;
using Veer.Features;
using Veer.Formats;
using Veer.Metrics;
using Veer.Tests.Data;
using Veer.Tests.Features;
using Veer.Tests.Formats;
using Veer.Tests.Networks;
using Xunit;
using static TorchSharp.torch;
using static Veer.Tests.Fuzzing.FuzzFiles;

namespace Veer.Tests.Fuzzing;

/// <summary>Every reader against faulty files. <c>VEER_FUZZ_MINUTES=10 dotnet test</c> (or one method of this class) fuzzes each for that long.</summary>
public sealed class ReaderFuzzTests
{
    [Fact]
    public void Npy() => FuzzRun.Of("npy", new FuzzCase(Arrays(), Reading("a.npy", path => Veer.Formats.Npy.Read(path)), RepairNpy));

    [Fact]
    public void Npz_of_vectors() => FuzzRun.Of(
        "npz-vectors",
        new FuzzCase([Packed(("points.npy", Points()), ("labels.npy", Labels())), Packed(("arr_0.npy", Points()), ("arr_1.npy", Labels()))], Reading("a.npz", Vectors)),
        new FuzzCase([Points(), NpyOf(zeros(3, 2))], Reading("a.npz", Vectors), points => Packed(("points.npy", points), ("labels.npy", Labels()))),
        new FuzzCase([Labels(), NpyOf(tensor(new byte[] { 0, 1, 1 }))], Reading("a.npz", Vectors), labels => Packed(("points.npy", Points()), ("labels.npy", labels))));

    [Fact]
    public void Npz_of_images() => FuzzRun.Of(
        "npz-images",
        new FuzzCase([Packed(("arr_0.npy", FuzzFiles.Images()), ("arr_1.npy", Labels())), Packed(("arr_0.npy", FuzzFiles.Images(1)))], Reading("a.npz", Pictures)),
        new FuzzCase([FuzzFiles.Images(), FuzzFiles.Images(1)], Reading("a.npz", Pictures), images => Packed(("arr_0.npy", images), ("arr_1.npy", Labels()))),
        new FuzzCase([Labels()], Reading("a.npz", Pictures), labels => Packed(("arr_0.npy", FuzzFiles.Images()), ("arr_1.npy", labels))));

    [Fact]
    public void Dataset_zip() => FuzzRun.Of(
        "dataset-zip",
        new FuzzCase([Zip(Json()), Zip(Json(), "mine/"), Zip(null, "./")], Reading("a.zip", Pictures)),
        new FuzzCase([Json(), """{"labels": null}"""u8.ToArray()], Reading("a.zip", Pictures), json => Zip(json)),
        new FuzzCase([Png(0), Png(1), JpegFile.Flat(Side, Side, 10, 20, 30)], Reading("a.zip", Pictures), png => Zip(Json(), image: png)),
        new FuzzCase(["0/b.png"u8.ToArray(), "./0/b.png"u8.ToArray(), "0\\b.png"u8.ToArray(), "__MACOSX/b.png"u8.ToArray()], Reading("a.zip", Pictures), NamedZip));

    [Fact]
    public void Image_folder() => FuzzRun.Of(
        "image-folder",
        new FuzzCase([Json(), """{"labels": null}"""u8.ToArray()], (folder, json) => InFolder(folder, "described", "dataset.json", json)),
        new FuzzCase([Png(0), Png(1), JpegFile.Flat(Side, Side, 10, 20, 30)], (folder, png) => InFolder(folder, "classes", Path.Combine("10", "b.png"), png), RepairPng));

    [Fact]
    public void Idx_pair() => FuzzRun.Of(
        "idx",
        new FuzzCase([IdxImages(3), IdxImages(1)], (folder, images) => IdxFolder(folder, images, IdxFile.Labels(0, 1, 1))),
        new FuzzCase([IdxFile.Labels(0, 1, 1)], (folder, labels) => IdxFolder(folder, IdxImages(3), labels)),
        new FuzzCase([IdxImages(3), IdxImages(1)], (folder, images) => IdxFolder(folder, images, IdxFile.Labels(0, 1, 1)), IdxFile.Zip),
        new FuzzCase([IdxFile.Labels(0, 1, 1)], (folder, labels) => IdxFolder(folder, IdxImages(3), labels), IdxFile.Zip));

    [Fact]
    public void Cifar_folder_and_archive() => FuzzRun.Of(
        "cifar",
        new FuzzCase([SampleImages.CifarRecord(0), [.. SampleImages.CifarRecord(1), .. SampleImages.CifarRecord(2)]], CifarFolder),
        new FuzzCase([Tar("cifar-10-batches-bin/a.bin"), Tar("./b")], UnpackTar, IdxFile.Zip));

    [Fact]
    public void Png_and_jpeg() => FuzzRun.Of(
        "png-jpeg",
        new FuzzCase(
            [Png(0), Png(1), PngFile.Make(Side, Side, PngFile.Palette, 8, new byte[Side * Side], ("PLTE", [1, 2, 3, 4, 5, 6])), PngFile.Make(2, 2, PngFile.Rgb, 16, new byte[24])],
            Decode, RepairPng),
        new FuzzCase([JpegFile.Flat(Side, Side, 10, 20, 30), JpegFile.Flat(9, 7, 50), JpegFile.Header(8, 4, 4, 3)], Decode));

    [Fact]
    public void Safetensors_file() => FuzzRun.Of("safetensors", new FuzzCase([Weights(), Weights(1)], Reading("a", path => Safetensors.Read(path)), RepairSafetensors));

    [Fact]
    public void Frechet_statistics() => FuzzRun.Of(
        "frechet",
        new FuzzCase([Statistics(Mean(), Covariance())], Reading("s.npz", Frechet)),
        new FuzzCase([Mean(), NpyOf(zeros(4))], Reading("s.npz", Frechet), mean => Statistics(mean, Covariance())),
        new FuzzCase([Covariance(), NpyOf(eye(4))], Reading("s.npz", Frechet), covariance => Statistics(Mean(), covariance)),
        new FuzzCase([NpyOf(tensor("sums"u8.ToArray()))], Reading("s.npz", Frechet), Named));

    [Fact]
    public void Samples_in_arrays() => FuzzRun.Of(
        "samples-arrays",
        new FuzzCase([Packed(("samples.npy", Points()), ("y.npy", Labels())), Packed(("x.npy", FuzzFiles.Images()), ("mu.npy", Mean()))], Reading("a.npz", Any)),
        new FuzzCase([Points(), FuzzFiles.Images(), NpyOf(linspace(0, 1, 12).reshape(3, 2, 2))], Reading("a.npz", Any), points => Packed(("points.npy", points), ("labels.npy", Labels()))),
        new FuzzCase([Points(), FuzzFiles.Images(1), NpyOf(linspace(-1, 1, 12).reshape(3, 1, 2, 2))], Reading("a.npy", Any), RepairNpy),
        new FuzzCase([Tensors()], Reading("a.safetensors", Any), RepairSafetensors));

    [Fact]
    public void Samples_in_a_table() => FuzzRun.Of(
        "samples-table",
        new FuzzCase(
            ["x,y,label\n1,2.5,0\n-3e2,4,1\n"u8.ToArray(), "1;2\r\n3;4\r\n"u8.ToArray(), "# a b\n1 2\n3 4\n"u8.ToArray(), "\"a\"\t\"label\"\n1\t2\n"u8.ToArray()], Reading("a.csv", Any)));

    [Fact]
    public void Model_folder() => FuzzRun.Of(
        "model-folder",
        new FuzzCase(Model("config.json"), (folder, json) => InModel(folder, "config.json", json)),
        new FuzzCase(Model("model.safetensors"), (folder, weights) => InModel(folder, "model.safetensors", weights), RepairSafetensors));

    [Fact]
    public void Extractor_description() => FuzzRun.Of(
        "extractor-description",
        new FuzzCase(
            [
                """{ "name": "x", "take": "cls", "leading_tokens": 5, "channels": 3, "input_size": 224, "resize": "bicubic", "mean": [0.1, 0.2, 0.3], "std": [1, 2, 3] }"""u8.ToArray(),
                """{ "file": "a.pt", "range": "uint8", "arguments": [true], "sha256": null }"""u8.ToArray(),
            ],
            Reading("a.json", path => ExtractorDescription.Read(path))));

    private static Action<TemporaryFolder, byte[]> Reading(string name, Action<string> read) => (folder, content) =>
    {
        using var scope = NewDisposeScope();
        read(folder.File(name, content));
    };

    private static void Vectors(string path) => VectorData.Load(path);

    private static void Any(string path)
    {
        var samples = Samples.Read(path);
        samples.Write(Path.Combine(Path.GetDirectoryName(path)!, "back" + Path.GetExtension(path)), samples.Data.Points);
    }

    private static void Pictures(string path)
    {
        foreach (var part in ImageData.Open(path).Parts) ImageSummary.Create(part);
    }

    private static void Frechet(string path) => FrechetStatistics.Read(path, new CountingSpace(), "sums");

    private static void InFolder(TemporaryFolder folder, string name, string file, byte[] content)
    {
        string path = folder.File(name);
        if (!Directory.Exists(path))
        {
            foreach (string image in (string[])["9/a.png", "10/b.png"])
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(path, image))!);
                File.WriteAllBytes(Path.Combine(path, image), Png(0));
            }
        }
        File.WriteAllBytes(Path.Combine(path, file), content);
        Pictures(path);
    }

    private static void IdxFolder(TemporaryFolder folder, byte[] images, byte[] labels)
    {
        folder.File("x-labels-idx1-ubyte", labels);
        Pictures(folder.File("x-images-idx3-ubyte", images));
    }

    private static void CifarFolder(TemporaryFolder folder, byte[] batch)
    {
        string path = folder.File("cifar");
        if (!Directory.Exists(path)) SampleImages.Cifar(path);
        File.WriteAllBytes(Path.Combine(path, "data_batch_5.bin"), batch);
        Pictures(path);
    }

    private static void UnpackTar(TemporaryFolder folder, byte[] archive)
    {
        string target = folder.File("unpacked");
        if (Directory.Exists(target)) Directory.Delete(target, recursive: true);
        TarFolder.Unpack(folder.File("a.tar.gz", archive), target, 1 << 20, CancellationToken.None);
    }

    private static void Decode(TemporaryFolder folder, byte[] image)
    {
        var place = new InputPlace("folder", "a.png");
        var header = ImageHeader.Read(image, place);
        // as an image set does, which knows the sizes before
        var shape = new ImageShape(header.Channels, header.Height, header.Width);
        if (header.Width * header.Height <= 1 << 20) ImageCodec.Decode(image, shape, new byte[shape.Bytes], place);
    }

    private static void InModel(TemporaryFolder folder, string file, byte[] content)
    {
        string path = folder.File("model");
        if (!Directory.Exists(path)) SaveModel(path, RandomWeights.Network(), new() { Network = RandomWeights.Shape, Kind = "denoiser", Classes = 3, Schedule = "cosine", Timesteps = 100 });
        byte[] valid = File.ReadAllBytes(Path.Combine(path, file));
        File.WriteAllBytes(Path.Combine(path, file), content);
        try
        {
            using var scope = NewDisposeScope();
            Veer.Models.Model.Load(path);
        }
        finally
        {
            File.WriteAllBytes(Path.Combine(path, file), valid);
        }
    }
}
