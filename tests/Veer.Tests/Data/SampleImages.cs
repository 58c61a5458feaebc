using System.IO.Compression;
using System.Text;
using Veer.Formats;
using Veer.Tests.Formats;
using static TorchSharp.torch;

namespace Veer.Tests.Data;

/// <summary>The same few images written in every format.</summary>
internal static class SampleImages
{
    public const int Side = 32, Count = 7, Classes = 3;

    public static int[] Labels { get; } = [0, 0, 1, 1, 1, 2, 2];

    /// <summary>Bytes [height, width, channels] of an image.</summary>
    public static byte[] Pixels(int index, int channels, int side = Side) =>
        [.. Enumerable.Range(0, side * side * channels).Select(i => (byte)((i * 13) + (i / 7 * i) + (index * 37)))];

    public static byte[] Png(int index, int channels = 3, int side = Side) => PngFile.Of(side, side, Pixels(index, channels, side));

    /// <summary>A folder with a folder for each class; files beside the images are no images.</summary>
    public static string Folder(string path, int channels = 3)
    {
        string[] names = ["cat", "Dog", "ant"]; // ordinal order: Dog, ant, cat
        for (int i = 0; i < Count; i++)
        {
            string folder = Directory.CreateDirectory(Path.Combine(path, names[Labels[i]])).FullName;
            File.WriteAllBytes(Path.Combine(folder, $"{i}.{(i % 2 == 0 ? "png" : "PNG")}"), Png(i, channels));
            File.WriteAllText(Path.Combine(folder, "notes.txt"), "no image");
        }
        return path;
    }

    /// <summary>A dataset zip after EDM; json replaces what dataset.json says, null leaves the file out.</summary>
    public static string Zip(string path, string? json = "", int channels = 3, params (string Name, byte[] Content)[] more)
    {
        var names = Enumerable.Range(0, Count).Select(i => $"0000{i % 2}/img{i:d8}.png").ToArray();
        var files = names.Select((name, i) => (Name: name, Content: Png(i, channels))).ToList();
        if (json is { Length: 0 })
            json = "{\"labels\": [" + string.Join(", ", names.Select((name, i) => $"[\"{name}\", {Labels[i]}]").Reverse()) + "]}";
        if (json is not null) files.Add((DatasetJson.Name, Encoding.UTF8.GetBytes(json)));
        using var zip = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (var (name, content) in files.Concat(more))
        {
            using var entry = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
            entry.Write(content);
        }
        return path;
    }

    public static string Npz(string path, int channels = 3, bool labelled = true)
    {
        var images = zeros([Count, Side, Side, channels], ScalarType.Byte);
        images.bytes = Enumerable.Range(0, Count).SelectMany(i => Pixels(i, channels)).ToArray();
        var arrays = new Dictionary<string, Tensor> { ["arr_0"] = images };
        if (labelled) arrays["arr_1"] = tensor(Labels);
        Veer.Formats.Npz.Write(path, arrays);
        return path;
    }

    /// <summary>CIFAR-10's six files; the training images are one in the first four and the rest in the fifth.</summary>
    public static string Cifar(string folder)
    {
        Directory.CreateDirectory(folder);
        for (int file = 1; file <= 4; file++) File.WriteAllBytes(Path.Combine(folder, $"data_batch_{file}.bin"), CifarRecord(file - 1));
        File.WriteAllBytes(Path.Combine(folder, "data_batch_5.bin"), [.. CifarRecord(4), .. CifarRecord(5), .. CifarRecord(6)]);
        File.WriteAllBytes(Path.Combine(folder, "test_batch.bin"), [.. CifarRecord(6), .. CifarRecord(0)]);
        return folder;
    }

    public static byte[] CifarRecord(int index)
    {
        byte[] pixels = Pixels(index, 3);
        return [(byte)Labels[index], .. Enumerable.Range(0, 3).SelectMany(channel => Enumerable.Range(0, Side * Side).Select(i => pixels[3 * i + channel]))];
    }

    public static string Idx(string path)
    {
        File.WriteAllBytes(path, IdxFile.Images([.. Enumerable.Range(0, Count).SelectMany(i => Pixels(i, 1))], Count, Side, Side));
        File.WriteAllBytes(path.Replace("images-idx3", "labels-idx1", StringComparison.Ordinal), IdxFile.Labels([.. Labels.Select(label => (byte)label)]));
        return path;
    }
}
