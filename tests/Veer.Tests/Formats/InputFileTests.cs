using System.Diagnostics;
using Veer.Data;
using Veer.Features;
using Veer.Formats;
using Veer.Metrics;
using Veer.Models;
using Veer.Tests.Features;
using Xunit;

namespace Veer.Tests.Formats;

/// <summary>Every reader on paths that hold no file of its kind, nor any other: it ends at once, in one line.</summary>
public sealed class InputFileTests : IDisposable
{
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>The readers, with an ending that leads to them where a path's name decides.</summary>
    private static (string Ending, Action<string, CancellationToken> Read)[] Readers =>
    [
        (".npy", (path, stop) => Npy.Read(path, stop)),
        (".npz", (path, stop) => Npz.Read(path, stop)),
        (".npz", (path, stop) => VectorData.Load(path, null, stop)),
        (".npz", (path, stop) => SampleFile.Read(path, 2, images: false, stop)),
        (".npz", (path, stop) => FrechetStatistics.Read(path, new CountingSpace(), "sums", stop)),
        (".npz", (path, stop) => ImageData.Open(path, stop)),
        (".zip", (path, stop) => ImageData.Open(path, stop)),
        (".bin", (path, stop) => ImageData.Open(path, stop)),
        ("-images-idx3-ubyte", (path, stop) => ImageData.Open(path, stop)),
        ("", (path, stop) => ImageData.Open(path, stop)),
        ("", (path, stop) => Idx.ReadImages(path, stop)),
        ("", (path, stop) => Idx.ReadLabels(path, stop)),
        (".safetensors", (path, stop) => Safetensors.Read(path, null, stop)),
        (".json", (path, _) => ExtractorDescription.Read(path)),
        (".onnx", (path, stop) => ModelFile.Open(path, new ExtractorDescription(), "x", "x", stop)),
        (".tar.gz", (path, stop) => TarFolder.Unpack(path, path + "-unpacked", 1 << 20, stop)),
    ];

    [Theory]
    [InlineData("/dev/zero")]
    [InlineData("/dev/null")]
    [InlineData("/dev/random")]
    public void A_device_is_refused_at_once(string device)
    {
        Assert.SkipUnless(File.Exists(device), $"no {device}");
        Each(path => File.CreateSymbolicLink(path, device), "found a file of 0 bytes (empty, a pipe or a device)");
    }

    [Fact]
    public void A_pipe_is_refused_and_not_waited_for()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such pipes in folders");
        Each(path => Process.Start("mkfifo", path).WaitForExit(), "found a file of 0 bytes (empty, a pipe or a device)");
    }

    [Fact]
    public void An_empty_file_a_missing_one_and_a_broken_link_are_refused()
    {
        Each(path => File.WriteAllBytes(path, []), "found a file of 0 bytes");
        Each(_ => { }, "no such file");
        Each(path => File.CreateSymbolicLink(path, path + "-missing"), "no such file");
        Each(path => File.CreateSymbolicLink(path, path), "");
    }

    [Fact]
    public void A_folder_is_refused() => Each(path => Directory.CreateDirectory(path), "found a");

    [Fact]
    public void An_empty_name_is_refused()
    {
        foreach (var (_, read) in Readers) Refusal.Of(() => read("", CancellationToken.None), "no such file");
    }

    [Fact]
    public void A_file_that_may_not_be_read_is_refused()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "who may do everything may read it");
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes");
        Each(Lock, "found a file that cannot be read (");

        static void Lock(string path)
        {
            File.WriteAllBytes(path, [1]);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public void Every_reader_ends_when_it_is_asked_to()
    {
        foreach (var (ending, read) in Readers)
        {
            if (ending == ".json") continue; // small, by its limit
            string path = folder.File("whole" + ending, [0, 0, 8, 3, .. new byte[100]]);
            MakeLabels(path);
            Assert.ThrowsAny<OperationCanceledException>(() => read(path, new CancellationToken(true)));
        }
    }

    [Theory]
    [InlineData("dataset.json")]
    [InlineData("a/1.png")]
    public void A_pipe_among_the_files_of_a_folder_is_refused(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such pipes in folders");
        Directory.CreateDirectory(folder.File("a"));
        File.WriteAllBytes(folder.File("a/2.png"), PngFile.Of(1, 1, 5));
        Process.Start("mkfifo", folder.File(name)).WaitForExit();
        Refusal.Of(() => ImageSummary.Create(ImageData.Open(folder.Path).Part(null)), "found a file of 0 bytes");
    }

    [Fact]
    public void A_models_folder_of_such_files_is_refused()
    {
        File.WriteAllBytes(folder.File("config.json"), []);
        Refusal.Of(() => ModelFolder.Load(folder.Path), "config.json: file: found a file of 0 bytes");
    }

    private static void MakeLabels(string path)
    {
        string labels = path.Replace("images-idx3", "labels-idx1", StringComparison.Ordinal);
        if (labels != path) File.WriteAllBytes(labels, IdxFile.Labels(0));
    }

    private void Each(Action<string> make, string found)
    {
        foreach (var ((ending, read), i) in Readers.Select((reader, i) => (reader, i)))
        {
            string path = folder.File($"{i}{Guid.NewGuid():N}{ending}");
            make(path);
            MakeLabels(path);
            var clock = Stopwatch.StartNew();
            var reading = Task.Run(() => Refusal.Of(() => read(path, CancellationToken.None), found), TestContext.Current.CancellationToken);
            Assert.True(reading.Wait(AtOnce, TestContext.Current.CancellationToken), $"{path}: still reading after {clock.Elapsed}");
        }
    }
}
