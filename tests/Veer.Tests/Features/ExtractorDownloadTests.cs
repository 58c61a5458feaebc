using System.Security.Cryptography;
using Veer.Data;
using Veer.Features;
using Veer.Tests.Data;
using Veer.Tests.Formats;
using Xunit;

namespace Veer.Tests.Features;

[Collection("VEER_DATA")] // no two tests set the variable at a time
public sealed class ExtractorDownloadTests : IDisposable
{
    private const string Variable = "VEER_DATA", Name = "mine", FileName = "mine.onnx";

    private static readonly byte[] Content = [.. Enumerable.Range(0, 100_000).Select(i => (byte)(i * i >> 7))];
    private static readonly string Hash = Convert.ToHexStringLower(SHA256.HashData(Content));

    private readonly TemporaryFolder folder = new();
    private readonly LocalServer server = new();
    private readonly string? before = Environment.GetEnvironmentVariable(Variable), mirror = Environment.GetEnvironmentVariable(DataDownload.MirrorVariable);

    public ExtractorDownloadTests()
    {
        Environment.SetEnvironmentVariable(Variable, folder.Path);
        Environment.SetEnvironmentVariable(DataDownload.MirrorVariable, null);
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, before);
        Environment.SetEnvironmentVariable(DataDownload.MirrorVariable, mirror);
        server.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("/models/mine.onnx", true)]
    [InlineData("/mine.onnx", true)]
    [InlineData("/hub/mine/onnx/model.onnx", true)] // a mirror of the whole site
    [InlineData("/hub/mine/onnx/model.onnx", false)]
    public void A_model_is_fetched_from_a_mirror_or_its_home_and_only_once(string path, bool mirrored)
    {
        server.Files[path] = Content;
        var told = new List<DownloadProgress>();
        string model = Fetch(Model(), mirrored ? server.Url : null, progress: new SynchronousProgress<DownloadProgress>(told.Add));
        Assert.Equal(folder.File("models/mine.onnx"), model);
        Assert.Equal(Content, File.ReadAllBytes(model));
        Assert.Equal((FileName, 1, Content.Length), (told[^1].File, told[^1].Fraction, told[^1].Bytes));
        int asked = server.Asked.Count;
        Fetch(Model(), mirrored ? server.Url : null);
        Assert.Equal(asked, server.Asked.Count);
        File.WriteAllText(model, "what somebody put there");
        Fetch(Model(), mirrored ? server.Url : null);
        Assert.Equal(Content, File.ReadAllBytes(model));
        Assert.Equal([FileName], Names());
    }

    [Fact]
    public void A_wrong_file_leaves_nothing()
    {
        server.Files["/mine.onnx"] = [.. Content[..^1], (byte)(Content[^1] ^ 1)];
        Refusal.Of(() => Fetch(Model(), server.Url), $"{server.Url}/mine.onnx: SHA-256: found ", $"expected {Hash}; nothing was kept");
        server.Files["/mine.onnx"] = [.. Content, 0];
        Refusal.Of(() => Fetch(Model(), server.Url), "SHA-256: found more than 100000 bytes, ");
        Assert.Empty(Names());
    }

    [Fact]
    public void A_transfer_that_breaks_off_leaves_nothing_and_says_what_to_do_by_hand()
    {
        server.Files["/hub/mine/onnx/model.onnx"] = Content;
        server.BreakingOff.Add("/hub/mine/onnx/model.onnx");
        string fault = Assert.Throws<IOException>(() => Fetch(Model(), null)).Message;
        Assert.StartsWith($"feature space mine: mine.onnx could not be downloaded ({server.Url}/hub/mine/onnx/model.onnx: the connection broke off", fault, StringComparison.Ordinal);
        Assert.EndsWith($"; put {server.Url}/hub/mine/onnx/model.onnx as mine.onnx into {folder.File("models")} by hand, or name a mirror", fault, StringComparison.Ordinal);
        Assert.Empty(Names());
    }

    [Fact]
    public void A_server_without_the_file_leaves_nothing()
    {
        Assert.Contains("the server answers 404", Assert.Throws<IOException>(() => Fetch(Model(), server.Url)).Message, StringComparison.Ordinal);
        Assert.Equal(["/models/mine.onnx", "/mine.onnx", "/hub/mine/onnx/model.onnx"], server.Asked);
        Assert.Empty(Names());
    }

    [Fact]
    public void A_stop_leaves_nothing()
    {
        server.Files["/mine.onnx"] = Content;
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => ExtractorDownload.Fetch(
            Name, Model(), null, server.Url, null, new SynchronousProgress<DownloadProgress>(_ => stop.Cancel()), stop.Token));
        Assert.Empty(Names());
    }

    [Fact]
    public void A_full_disk_leaves_nothing_and_is_named()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "no /dev/full here");
        server.Files["/mine.onnx"] = Content;
        Directory.CreateDirectory(folder.File("models"));
        // the partial file is a link to the device that is always full
        File.CreateSymbolicLink(folder.File("models/.mine.onnx.partial"), "/dev/full");
        Assert.Contains("mine.onnx.partial", Assert.ThrowsAny<IOException>(() => Fetch(Model(), server.Url)).Message, StringComparison.Ordinal);
        Assert.Empty(Names());
    }

    [Fact]
    public void A_model_without_a_known_hash_is_taken_only_with_the_one_that_the_user_tells()
    {
        server.Files["/mine.onnx"] = Content;
        Refusal.Of(() => Fetch(Model(null), server.Url), $"{server.Url}/mine.onnx: SHA-256: found {Hash}, expected the one that you tell (sha256)", "nothing was kept");
        Assert.Empty(Names());
        Refusal.Of(() => Fetch(Model(null), server.Url, new string('0', 64)), $"SHA-256: found {Hash}, expected 0000");
        Assert.Empty(Names());
        string model = Fetch(Model(null), server.Url, Hash.ToUpperInvariant());
        int asked = server.Asked.Count;
        Fetch(Model(null), server.Url, Hash);
        Refusal.Of(() => Fetch(Model(null), server.Url), $"{model}: SHA-256: found {Hash}, expected the one that you tell", "the file stays as it is");
        Assert.Equal(asked, server.Asked.Count);
        Assert.Equal(Content, File.ReadAllBytes(model));
    }

    [Fact]
    public void What_cannot_be_asked_for_is_refused_before_any_work()
    {
        Refusal.Of(() => ExtractorDownload.Fetch("pixels"), "feature space with a model: name: found 'pixels', expected one of dinov2-small-cls, ");
        Refusal.Of(() => Fetch(Model(), server.Url, "12"), "mine: sha256: found '12', expected 64 hexadecimal digits");
        Refusal.Of(() => Fetch(Model(), server.Url, new string('0', 64)), "mine: sha256: found 0000", $"expected {Hash}, which is known, or nothing");
        Refusal.Of(() => Fetch(Model(), "ftp://x"), "mirror: URL: found ftp://x");
        Refusal.Of(() => ExtractorDownload.Fetch("inception"), "feature space inception: nobody publishes inception.onnx; put the FID Inception network");
        Assert.Empty(server.Asked);
    }

    [Fact]
    public void A_space_opens_with_the_model_that_was_fetched()
    {
        byte[] tokens = TokensOfRed.Model("batch", 3, "height", "width");
        server.Files["/onnx-community/dinov2-with-registers-base/resolve/main/onnx/model.onnx"] = tokens;
        string hash = Convert.ToHexStringLower(SHA256.HashData(tokens));
        ExtractorDownload.Fetch("dinov2-base-patch-mean", mirror: server.Url, sha256: hash, cancellation: TestContext.Current.CancellationToken);
        using var space = FeatureSpaces.Named("dinov2-base-cls", [3, 32, 32]);
        Assert.Equal(("dinov2-base-cls", hash), (space.Name, space.Fingerprint));
    }

    [Fact]
    public void Known_models_have_addresses_and_hashes_in_the_form_that_is_compared()
    {
        Assert.All(KnownExtractor.All.Select(known => known.Model), model =>
        {
            Assert.True(model.Address is null || model.Address.Scheme == "https");
            Assert.Matches("^([0-9a-f]{64})?$", model.File.Sha256 ?? "");
            Assert.InRange(model.File.Most, model.File.Length, long.MaxValue);
            // a revision that does not move belongs to a hash
            Assert.Equal(model.File.Sha256 is not null, model.Address is { } address && !address.AbsolutePath.Contains("/main/", StringComparison.Ordinal));
        });
    }

    private ExtractorModel Model() => Model(Hash);

    private ExtractorModel Model(string? hash) => new(new(FileName, Content.Length, hash) { PublishedAs = "onnx/model.onnx" }, "a model", server.Url + "/hub/mine/");

    private string[] Names() => Directory.Exists(folder.File("models")) ? [.. Directory.GetFileSystemEntries(folder.File("models")).Select(Path.GetFileName)!] : [];

    private static string Fetch(ExtractorModel model, string? mirror, string? sha256 = null, IProgress<DownloadProgress>? progress = null) =>
        ExtractorDownload.Fetch(Name, model, null, mirror, sha256, progress, TestContext.Current.CancellationToken);
}
