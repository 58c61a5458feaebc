using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Veer.Formats;
using Veer.Models;
using Veer.Tests.Formats;
using Veer.Tests.Networks;
using static TorchSharp.torch;

namespace Veer.Tests.Fuzzing;

/// <summary>The smallest files of every format, and what makes a changed one look whole.</summary>
internal static class FuzzFiles
{
    public const int Side = 4;

    public static void SaveModel(string path, nn.Module network, ModelConfig config) => ModelFolder.Save(path, network, config);

    public static byte[][] Model(string file)
    {
        using var folder = new TemporaryFolder();
        SaveModel(folder.File("a"), RandomWeights.Network(), new() { Network = RandomWeights.Shape, Kind = "denoiser", Classes = 3, Schedule = "cosine", Timesteps = 100 });
        SaveModel(folder.File("b"), RandomWeights.Network(), new() { Network = RandomWeights.Shape, Kind = "denoiser", Classes = 3, Family = "flow", Shape = [3], Training = new() });
        return [File.ReadAllBytes(folder.File(Path.Combine("a", file))), File.ReadAllBytes(folder.File(Path.Combine("b", file)))];
    }

    public static byte[][] Arrays() =>
        [Points(), Labels(), Images(), NpyOf(tensor(3.5)), NpyOf(zeros(2, 0, ScalarType.Float16)), NpyOf(ones(2, 3, ScalarType.Bool)), [.. NpyHeader("('descr', '<f8')"), 1]];

    private static byte[] NpyHeader(string text) => [0x93, .. "NUMPY"u8, 2, 0, (byte)text.Length, 0, 0, 0, .. Encoding.ASCII.GetBytes(text)];

    public static byte[] Points() => NpyOf(tensor(new[] { 0.5, 1, 2, 3, 4, -5 }).reshape(3, 2));

    public static byte[] Labels() => NpyOf(tensor(new long[] { 0, 1, 1 }));

    public static byte[] Images(int channels = 3) => NpyOf(arange(3 * 2 * 2 * channels, ScalarType.Byte).reshape(3, 2, 2, channels));

    public static byte[] Mean() => NpyOf(zeros(4, ScalarType.Float64));

    public static byte[] Covariance() => NpyOf(eye(4, dtype: ScalarType.Float64));

    public static byte[] Statistics(byte[] mean, byte[] covariance, params (string, byte[])[] more) =>
        Packed([("mu.npy", mean), ("sigma.npy", covariance), ("count.npy", NpyOf(tensor(9L))), .. more]);

    public static byte[] Named(byte[] extractor) => Statistics(
        Mean(), Covariance(), ("extractor.npy", extractor), ("extractor_sha256.npy", NpyOf(tensor("none"u8.ToArray()))), ("extractor_description.npy", NpyOf(zeros(0, ScalarType.Byte))));

    public static byte[] Png(int index) => index == 0 ? PngFile.Of(Side, Side, new byte[Side * Side * 3]) : PngFile.Of(Side, Side, new byte[Side * Side]);

    public static byte[] IdxImages(int count) => IdxFile.Images([.. Enumerable.Range(0, count * Side * Side).Select(i => (byte)i)], count, Side, Side);

    public static byte[] Json() => """{"labels": [["9/a.png", 0], ["10/b.png", 1]]}"""u8.ToArray();

    public static byte[] Zip(byte[]? json, string outer = "", byte[]? image = null)
    {
        List<(string, byte[])> files = [(outer + "9/a.png", Png(0)), (outer + "10/b.png", image ?? Png(0))];
        if (json is not null) files.Add((outer + "dataset.json", json));
        return Packed([.. files]);
    }

    public static byte[] NamedZip(byte[] name) => Packed(("9/a.png", Png(0)), (name.Length == 0 ? "x" : Encoding.Latin1.GetString(name), Png(0)));

    public static byte[] NpyOf(Tensor array)
    {
        using var stream = new MemoryStream();
        Veer.Formats.Npy.Write(stream, array);
        return stream.ToArray();
    }

    public static byte[] Packed(params (string Name, byte[] Content)[] files)
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                using var entry = zip.CreateEntry(name, files.Length % 2 == 0 ? CompressionLevel.Fastest : CompressionLevel.NoCompression).Open();
                entry.Write(content);
            }
        }
        return memory.ToArray();
    }

    public static byte[] Tar(string name)
    {
        using var memory = new MemoryStream();
        using (var tar = new TarWriter(memory, TarEntryFormat.Ustar, leaveOpen: true))
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream([1, 2, 3]) });
        return memory.ToArray();
    }

    public static byte[] Weights(int more = 0)
    {
        using var folder = new TemporaryFolder();
        Safetensors.Write(folder.File("a"), new Dictionary<string, Tensor> { ["w"] = ones(2, 3), ["b"] = zeros(1 + more, ScalarType.Float64) }, new Dictionary<string, string> { ["k"] = "v" });
        return File.ReadAllBytes(folder.File("a"));
    }

    public static byte[] Tensors()
    {
        using var folder = new TemporaryFolder();
        Safetensors.Write(folder.File("a"), new Dictionary<string, Tensor> { ["points"] = ones(2, 3), ["labels"] = tensor(new long[] { 0, 1 }) });
        return File.ReadAllBytes(folder.File("a"));
    }

    /// <summary>The header's length is where its line ends.</summary>
    public static byte[] RepairNpy(byte[] file)
    {
        int end = Array.IndexOf(file, (byte)'\n');
        if (end < 10) return file;
        byte[] repaired = [.. file];
        BinaryPrimitives.WriteUInt16LittleEndian(repaired.AsSpan(8), (ushort)(end + 1 - 10));
        return repaired;
    }

    /// <summary>The header's length is where its object ends; tensors then lie where it says, or not.</summary>
    public static byte[] RepairSafetensors(byte[] file)
    {
        int depth = 0, end = sizeof(ulong);
        for (; end < file.Length; end++)
        {
            if (file[end] == '{') depth++;
            else if (file[end] == '}') depth--;
            if (depth == 0) break;
        }
        do end++;
        while (end < file.Length && file[end] == ' ');
        if (end > file.Length) return file;
        byte[] repaired = [.. file];
        BinaryPrimitives.WriteUInt64LittleEndian(repaired, (ulong)(end - sizeof(ulong)));
        return repaired;
    }

    /// <summary>Right checksums for the chunks that there are.</summary>
    public static byte[] RepairPng(byte[] file)
    {
        const int Signature = 8, Around = 12;
        byte[] repaired = [.. file];
        for (long at = Signature; at + Around <= file.Length;)
        {
            long length = BinaryPrimitives.ReadUInt32BigEndian(repaired.AsSpan((int)at));
            if (at + Around + length > file.Length) break;
            using var checksum = new Crc32Stream(new MemoryStream(repaired, (int)at + 4, (int)length + 4));
            checksum.ReadExactly(new byte[length + 4]);
            BinaryPrimitives.WriteUInt32BigEndian(repaired.AsSpan((int)(at + length) + 8), checksum.Checksum);
            at += Around + length;
        }
        return repaired;
    }
}
