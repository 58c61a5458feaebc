using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Veer.Data;
using Veer.Tests.Formats;
using Xunit;

namespace Veer.Tests.Data;

[Collection("VEER_DATA")] // a mirror of the environment is everybody's
public sealed class DataDownloadTests : IDisposable
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 200_000).Select(i => (byte)(i * i >> 5))];
    private static readonly KnownDataSet Two = new(
        "two", [File("a.gz", Content) with { HashOfContent = true }, File("b.bin", Content[..1000])], ["http://127.0.0.1:9/"], []);

    private readonly TemporaryFolder folder = new();
    private readonly LocalServer server = new();

    public void Dispose()
    {
        server.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("/two")]
    [InlineData("")]
    public void Files_are_fetched_from_the_mirrors_folder_for_the_data_set_or_from_the_mirror_itself(string path)
    {
        Serve(path);
        var told = new List<DownloadProgress>();
        Assert.Equal(Target, Fetch(Two, new SynchronousProgress<DownloadProgress>(told.Add)));
        Assert.Equal(["a.gz", "b.bin"], Names());
        Assert.Equal(server.Files[path + "/a.gz"], System.IO.File.ReadAllBytes(Path.Combine(Target, "a.gz")));
        Assert.Equal(1, told[^1].Fraction);
        Assert.Equal(told.Select(progress => progress.Fraction).Order(), told.Select(progress => progress.Fraction));
        int before = server.Asked.Count;
        Fetch(Two);
        Assert.Equal(before, server.Asked.Count); // nothing is fetched twice
    }

    [Fact]
    public void A_mirror_may_pack_the_content_anew()
    {
        Serve("");
        server.Files["/a.gz"] = Pack(Content, CompressionLevel.NoCompression);
        Fetch(Two);
        Assert.Equal(2, Names().Length);
    }

    [Fact]
    public void Where_the_first_home_has_another_file_the_next_one_is_asked()
    {
        Serve("/right");
        foreach (string file in (string[])["/a.gz", "/b.bin"]) server.Files[$"/wrong{file}"] = "<html>moved</html>"u8.ToArray();
        DataDownload.Fetch(Two with { Mirrors = [$"{server.Url}/wrong/", $"{server.Url}/right/"] }, Target, null, null, TestContext.Current.CancellationToken);
        Assert.Equal(["a.gz", "b.bin"], Names());
        Refusal.Of(() => DataDownload.Fetch(Two with { Mirrors = [$"{server.Url}/wrong/", "http://127.0.0.1:9/"] }, Target + "-2", null, null, TestContext.Current.CancellationToken), "/wrong/a.gz: SHA-256: found ");
    }

    [Fact]
    public void A_file_with_a_wrong_hash_leaves_nothing_and_a_wrong_file_is_replaced()
    {
        Serve("");
        byte[] right = server.Files["/b.bin"];
        server.Files["/b.bin"] = [.. right[..^1], (byte)(right[^1] ^ 1)];
        Refusal.Of(() => Fetch(Two), $"{server.Url}/b.bin: SHA-256: found ", $"expected {Two.Files[1].Sha256}; nothing was kept");
        Assert.Equal(["a.gz"], Names());
        System.IO.File.WriteAllText(Path.Combine(Target, "a.gz"), "what somebody put there");
        server.Files["/b.bin"] = right;
        Fetch(Two);
        Assert.Equal(["a.gz", "b.bin"], Names());
        Assert.Equal(server.Files["/a.gz"].Length, new FileInfo(Path.Combine(Target, "a.gz")).Length);
    }

    [Theory]
    [InlineData("not gzip")]
    [InlineData("endless")]
    [InlineData("longer")]
    [InlineData("cut")]
    public void Whatever_is_not_the_published_file_is_refused(string fault)
    {
        Serve("");
        byte[] zip = server.Files["/a.gz"];
        server.Files["/a.gz"] = fault switch
        {
            "not gzip" => Content,
            "endless" => Pack(new byte[50_000_000], CompressionLevel.Optimal),
            "longer" => Pack([.. Content, 0], CompressionLevel.Optimal),
            _ => zip[..(zip.Length / 2)],
        };
        Refusal.Of(() => Fetch(Two), "/a.gz: SHA-256: found ");
        Assert.Empty(Names());
    }

    [Fact]
    public void No_network_says_which_file_to_put_where()
    {
        string url = $"http://127.0.0.1:{LocalServer.FreePort()}";
        var fault = Assert.Throws<IOException>(() => DataDownload.Fetch("mnist", Target, url, cancellation: TestContext.Current.CancellationToken));
        Assert.DoesNotContain('\n', fault.Message);
        Assert.Contains($"data set mnist: train-images-idx3-ubyte.gz could not be downloaded ({url}/train-images-idx3-ubyte.gz: Connection refused", fault.Message, StringComparison.Ordinal);
        Assert.Contains($"put train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte (.gz or unpacked) into {Target} by hand", fault.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Target));
    }

    [Fact]
    public void A_transfer_that_breaks_off_leaves_nothing()
    {
        Serve("");
        server.BreakingOff.Add("/a.gz");
        var fault = Assert.Throws<IOException>(() => Fetch(Two));
        Assert.Contains("/a.gz: the connection broke off", fault.Message, StringComparison.Ordinal);
        Assert.Empty(Names());
    }

    [Fact]
    public void A_stop_leaves_nothing()
    {
        Serve("");
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            DataDownload.Fetch(Two, Target, server.Url, new SynchronousProgress<DownloadProgress>(_ => stop.Cancel()), stop.Token));
        Assert.Empty(Names());
    }

    [Fact]
    public void An_archive_is_unpacked_and_not_kept()
    {
        var set = Archive("cifar/a.bin");
        Fetch(set);
        Assert.Equal(["cifar"], Names());
        Assert.Equal(Content, System.IO.File.ReadAllBytes(Path.Combine(Target, "cifar", "a.bin")));
        Fetch(set);
        Assert.Equal(2, server.Asked.Count); // /three/cifar.tar.gz, /cifar.tar.gz
    }

    [Fact]
    public void An_archive_that_leads_out_leaves_nothing()
    {
        var set = Archive("../evil.bin");
        Refusal.Of(() => Fetch(set), "cifar.tar.gz: entry: found ../evil.bin");
        Assert.Empty(Names());
        Assert.False(System.IO.File.Exists(folder.File("evil.bin")));
    }

    [Fact]
    public void A_mirror_comes_from_the_option_then_the_environment()
    {
        string? before = Environment.GetEnvironmentVariable(DataDownload.MirrorVariable);
        try
        {
            Serve("");
            Environment.SetEnvironmentVariable(DataDownload.MirrorVariable, server.Url + "/");
            DataDownload.Fetch(Two, Target, null, null, TestContext.Current.CancellationToken);
            Assert.Equal(2, Names().Length);
            Refusal.Of(() => DataDownload.Fetch("mnist", Target, "ftp://x"), "mirror: URL: found ftp://x, expected one that starts with http:// or https://");
        }
        finally
        {
            Environment.SetEnvironmentVariable(DataDownload.MirrorVariable, before);
        }
    }

    [Fact]
    public void Real_mnist_has_the_hashes_that_are_asked_for()
    {
        string mnist = SharedData.Folder("mnist");
        foreach (string file in Directory.GetFiles(mnist)) server.Files["/mnist/" + Path.GetFileName(file)] = System.IO.File.ReadAllBytes(file);
        DataDownload.Fetch("mnist", Target, server.Url, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(10_000, ImageData.Open(Target).Part(false).Count);
    }

    private string Target => folder.File("target");

    private string[] Names() => Directory.Exists(Target) ? [.. Directory.GetFileSystemEntries(Target).Select(Path.GetFileName).Order(StringComparer.Ordinal)!] : [];

    private string Fetch(KnownDataSet set, IProgress<DownloadProgress>? progress = null) =>
        DataDownload.Fetch(set, Target, server.Url, progress, TestContext.Current.CancellationToken);

    private void Serve(string path)
    {
        server.Files[path + "/a.gz"] = Pack(Content, CompressionLevel.Optimal);
        server.Files[path + "/b.bin"] = Content[..1000];
    }

    private KnownDataSet Archive(string name)
    {
        using var memory = new MemoryStream();
        using (var zip = new GZipStream(memory, CompressionLevel.Fastest))
        using (var tar = new TarWriter(zip))
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Content) });
        byte[] archive = memory.ToArray();
        server.Files["/cifar.tar.gz"] = archive;
        return new("three", [File("cifar.tar.gz", archive) with { Unpacked = "cifar" }], [], []);
    }

    private static KnownFile File(string name, byte[] content) => new(name, content.Length, Convert.ToHexStringLower(SHA256.HashData(content)));

    private static byte[] Pack(byte[] content, CompressionLevel level)
    {
        using var memory = new MemoryStream();
        using (var zip = new GZipStream(memory, level)) zip.Write(content);
        return memory.ToArray();
    }
}
